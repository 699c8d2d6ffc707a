// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// node.mjs SSE_CAT: our client reads streams of Node's http server, which chunks each write and keeps connections
// alive; cuts of all kinds lose nothing and double nothing.
import zlib from "node:zlib";
import { check, finish, time_limit, until } from "../real_clients/support.mjs";
import { check_requests, read, serve } from "./support.mjs";

const [sse_cat] = process.argv.slice(2);
time_limit(240);

const server = await serve({
  "/gone": (_, response) => response.writeHead(204).end(),
  "/busy": (_, response) => response.writeHead(503, { "Retry-After": "1" }).end("busy"),
  "/moved": (_, response) => response.writeHead(301, { Location: "/events" }).end("x".repeat(100_000)),
  "/text": (_, response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("data: no\n\n"),
  "/length": (_, response) => {
    const body = "data: one\n\ndata: two\n\n";
    response.writeHead(200, { "Content-Type": "text/event-stream", "Content-Length": body.length }).end(body);
  },
  "/post": (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => (body += text)).on("end", () => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      for (const word of body.split(" ")) response.write(`data: ${word}\n\n`);
      response.end();
    });
  },
  "/gzip": (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Content-Encoding": "gzip" });
    response.end(zlib.gzipSync("data: packed\n\n"));
  },
  "/slow": (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const bytes = Buffer.from("data: 日本語\n\n");
    let at = 0;
    const timer = setInterval(() => {
      response.write(bytes.subarray(at, ++at));
      if (at === bytes.length) { clearInterval(timer); response.end(); }
    }, 2);
  },
});
const url = (path) => `http://127.0.0.1:${server.port}${path}`;

// live, then cut in each way: each event once, in order
const reader = read(sse_cat, url("/events"));
await server.expect_streams(1);
server.publish("1");
await reader.has("1");
const ids = [""];
let data = "1";
for (const how of ["end", "destroy", "reset"]) {
  server.cut(how);
  const id = data.split(" ").length;
  server.publish(`missed-${how}`);
  data += ` missed-${how}`;
  await reader.has(data);
  ids.push(String(id));
  server.publish(`live-${how}`);
  data += ` live-${how}`;
  await reader.has(data);
}
check_requests(server.requests, ids);
check(reader.events().every((event, i) => event.type === "tick" && event.id === String(i + 1)), "types and ids");
check(reader.lines.some((line) => line.comment === "welcome"), "comments");
check(reader.lines.some((line) => line.retry === 50), "retry");
check((await reader.stop()) === 0, "exit status after SIGTERM");
await server.expect_streams(0); // the server notices at once

// a burst of large and small events, and a stream in single bytes
const burst = read(sse_cat, url("/events"), "--last-event-id", "7");
await server.expect_streams(1);
for (let i = 0; i < 2000; ++i) server.publish(String(i) + ".".repeat(i % 100 === 0 ? 30_000 : 20));
await until(() => burst.events().length === 2000, () => `2000 events, not ${burst.events().length}`);
check(burst.events().every((event, i) => event.data.startsWith(`${i}.`)), "the burst's order");
await burst.stop();
const slow = read(sse_cat, url("/slow"), "--finish");
check((await slow.ended()) === 0 && slow.data() === "日本語", "a stream in single bytes: " + slow.data());

// answers of all kinds
const answers = [
  ["/gone", [], 1, ""],
  ["/busy", [], 1, ""],
  ["/text", [], 1, ""],
  ["/length", ["--finish"], 0, "one two"],
  ["/post", ["--finish", "--data", "a b c"], 0, "a b c"],
];
for (const [path, options, status, expected] of answers) {
  const r = read(sse_cat, url(path), ...options);
  check((await r.ended()) === status, `${path}: status ${r.status}, ${JSON.stringify(r.lines)}`);
  check(r.data() === expected, `${path}: ${r.data()}`);
}
const moved = read(sse_cat, url("/moved"), "--count", "1");
check((await moved.ended()) === 0, "a redirect with a long body");
check(moved.lines[0].open?.url === url("/events"), "the redirect's target: " + JSON.stringify(moved.lines[0]));

// gzip was not asked for: what is not understood is no event
const packed = read(sse_cat, url("/gzip"), "--finish");
await packed.ended();
check(packed.events().length === 0, "events of a compressed body");

console.log("passed");
finish(0);
