// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What the tests with real servers share: sse_cat as the client, and event streams of Node's http server.
import { spawn } from "node:child_process";
import http from "node:http";
import { at_end, check, until } from "../real_clients/support.mjs";

/** sse_cat --json: {lines, events, status (undefined while it runs), stop()}; `lines` are its objects. */
export function read(sse_cat, url, ...options) {
  const child = spawn(sse_cat, ["--json", ...options, url], { stdio: ["ignore", "pipe", "inherit"] });
  at_end(() => child.kill("SIGKILL"));
  const reader = { lines: [] };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop();
    reader.lines.push(...parts.map((line) => JSON.parse(line)));
  });
  const gone = new Promise((resolve) => child.on("close", (status) => resolve((reader.status = status))));
  reader.stop = () => { child.kill("SIGTERM"); return gone; };
  reader.ended = () => gone;
  reader.events = () => reader.lines.filter((line) => line.event).map((line) => line.event);
  reader.data = () => reader.events().map((event) => event.data).join(" ");
  reader.has = (data) => until(() => reader.data() === data,
    () => `${data} in ${JSON.stringify(reader.lines)}`);
  return reader;
}

/**
 * A server of numbered events: {port, requests, connections, publish(data), cut(how)}. It answers /events with
 * what came after Last-Event-ID and then what is published; other paths as `routes` has them.
 */
export function serve(routes = {}) {
  const events = [];
  const streams = new Set();
  const served = { requests: [], connections: 0 };
  const write = (response, event) =>
    response.write(`id: ${event.id}\nevent: tick\ndata: ${event.data}\n\n`);
  const server = http.createServer({ keepAlive: true }, (request, response) => {
    served.requests.push({ url: request.url, ...request.headers });
    if (routes[request.url]) return void routes[request.url](request, response);
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" });
    response.write(": welcome\nretry: 50\n\n");
    const last = Number(request.headers["last-event-id"] ?? 0);
    for (const event of events) if (event.id > last) write(response, event);
    streams.add(response);
    response.on("close", () => streams.delete(response));
  });
  server.on("connection", () => ++served.connections);
  served.streams = () => streams.size;
  served.publish = (data) => {
    events.push({ id: events.length + 1, data });
    for (const response of streams) write(response, events.at(-1));
  };
  /** Ends all streams: "end" in order, "destroy" in the middle of a chunk, "reset" with an RST. */
  served.cut = (how) => {
    for (const response of streams) {
      const { socket } = response;
      streams.delete(response);
      if (how === "end") response.end();
      else if (how === "reset") socket.resetAndDestroy();
      else socket.end("40\r\nid: 99\ndata: never complete");
    }
  };
  served.expect_streams = (n) => until(() => streams.size === n, () => `${n} streams, not ${streams.size}`);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(Object.assign(served, { port: server.address().port })));
  });
}

/** Checks what every reader's requests have to look like, and that it resumed with `ids`. */
export function check_requests(requests, ids) {
  const resumed = requests.map((r) => r["last-event-id"] ?? "");
  check(resumed.join() === ids.join(), `Last-Event-ID: ${resumed} instead of ${ids}`);
  for (const r of requests) {
    check(r.accept === "text/event-stream", `Accept: ${r.accept}`);
    check(r["accept-encoding"] === undefined || r["accept-encoding"] === "identity",
      `Accept-Encoding: ${r["accept-encoding"]}`);
  }
}
