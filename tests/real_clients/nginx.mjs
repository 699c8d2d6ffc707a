// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// nginx.mjs SSE_HUB NGINX OPENSSL: sse_hub behind nginx as it is by default, which asks by HTTP/1.0, and as
// docs/proxies.md has it, which asks by HTTP/1.1; in front of it HTTP/1.1, and HTTP/2 over TLS.
import fs from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { run_nginx } from "./nginx_process.mjs";
import { at_end, check, finish, pause, publish, start, time_limit, until } from "./support.mjs";

const [program, nginx, openssl] = process.argv.slice(2);
time_limit(240);
let ending = false;
at_end(() => (ending = true));

const hub_options = ["--heartbeat", "0.4"];
let hub = await start(program, ["--port", "0", ...hub_options]);

// What one has to write anyway, and the same with what docs/proxies.md recommends.
const locations = `
    location / { proxy_pass http://127.0.0.1:${hub.port}; }
    location /recommended/ {
      proxy_pass http://127.0.0.1:${hub.port}/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
    location /short/ { proxy_pass http://127.0.0.1:${hub.port}/; proxy_read_timeout 2s; }
    location /buffered/ {
      proxy_pass http://127.0.0.1:${hub.port}/;
      proxy_ignore_headers X-Accel-Buffering;
    }`;
const { plain, secure, folder } = await run_nginx(nginx, openssl, (ports, own) => `
  server { listen 127.0.0.1:${ports.plain};${locations}
  }
  server { listen 127.0.0.1:${ports.secure} ssl http2;
    ssl_certificate ${own}/cert.pem; ssl_certificate_key ${own}/key.pem;${locations}
  }`);

// A stream as it comes: {status, headers, text, ended ("": not yet), close()}.
function over_http1(target, headers = {}) {
  const stream = { text: "", ended: "" };
  const request = http.get({ host: "127.0.0.1", port: plain, path: target, headers, agent: false });
  request.on("error", (e) => (stream.ended ||= e.message));
  stream.close = () => request.destroy();
  request.on("response", (response) => {
    stream.status = response.statusCode;
    stream.headers = response.headers;
    response.setEncoding("utf8").on("data", (text) => (stream.text += text));
    response.on("error", (e) => (stream.ended ||= e.message));
    response.on("end", () => (stream.ended ||= response.complete ? "in order" : "incomplete"));
  });
  return stream;
}
const session = http2.connect(`https://127.0.0.1:${secure}`, { ca: fs.readFileSync(`${folder}/cert.pem`) });
session.on("error", (e) => check(ending, "HTTP/2: " + e.message));
function over_http2(target, headers = {}) {
  const stream = { text: "", ended: "" };
  const request = session.request({ ":path": target, ...headers });
  request.setEncoding("utf8").on("data", (text) => (stream.text += text));
  request.on("response", (h) => { stream.status = h[":status"]; stream.headers = h; });
  request.on("error", (e) => (stream.ended ||= e.message));
  request.on("end", () => (stream.ended ||= request.rstCode ? "reset" : "in order"));
  stream.close = () => request.close(http2.constants.NGHTTP2_CANCEL);
  return stream;
}

const opened = (s) => until(() => /^id: /m.test(s.text), () => "opening: " + JSON.stringify(s));
const has = (s, what) => until(() => s.text.includes(`data: ${what}\n`), () => what + " in " + JSON.stringify(s));
const last_id = (s) => s.text.match(/^id: (.*)$/gm).at(-1).slice(4);
const ways = [["HTTP/1.1", over_http1], ["HTTP/2", over_http2]]
  .flatMap(([name, open]) => ["", "/recommended"].map((prefix) => ({ name: name + " " + prefix, open, prefix })));

for (const { name, open, prefix } of ways) {
  // the head and each event at once, with nothing behind them
  const s = open(prefix + "/events/a");
  await opened(s);
  check(s.status === 200 && s.headers["content-type"] === "text/event-stream", name + ": head");
  for (const what of ["one", "two", "three"]) {
    await publish(hub.url, "a", what);
    await has(s, what);
  }
  // a reader that leaves is noticed, and gets what it missed when it comes back
  const id = last_id(s);
  s.close();
  await until(async () => /^sse_hub_subscribers 0$/m.test(await (await fetch(hub.url + "/metrics")).text()),
    name + ": noticing that the reader left");
  await publish(hub.url, "a", "missed " + name);
  const again = open(prefix + "/events/a", { "last-event-id": id });
  await has(again, "missed " + name);
  check(again.text.match(/^data: /gm).length === 1, name + ": resumed with " + again.text);
  again.close();
}

// many streams on one connection of HTTP/2
const many = [...Array(20).keys()].map((n) => over_http2("/events/many" + n));
await Promise.all(many.map(opened));
for (const n of many.keys()) await publish(hub.url, "many" + n, "for " + n);
await Promise.all(many.map((s, n) => has(s, "for " + n)));
for (const s of many) s.close();

// heartbeats keep a quiet stream from nginx's timeout; and the header is what makes events come at once
const quiet = over_http1("/short/events/quiet");
const held = over_http1("/buffered/events/held");
await pause(4000);
check(quiet.text !== "" && quiet.ended === "", "a quiet stream: " + JSON.stringify(quiet));
check(held.text === "", "without X-Accel-Buffering nginx should have held it back: " + held.text);
quiet.close();
held.close();

// publishing through it
const posted = await fetch(`http://127.0.0.1:${plain}/publish/a`, { method: "POST", body: "through nginx" });
check(posted.status === 200, "publishing through nginx");

// draining ends all streams in order, behind the last event and a farewell
const open_ones = ways.map(({ open, prefix }) => open(prefix + "/events/a"));
await Promise.all(open_ones.map(opened));
await publish(hub.url, "a", "last words");
const stopped = hub.stop("SIGTERM");
for (const [i, s] of open_ones.entries()) {
  await until(() => s.ended !== "", ways[i].name + ": end of the stream");
  check(s.ended === "in order", ways[i].name + ": ended " + s.ended);
  check(/data: last words\n[^]*event: farewell\n/.test(s.text), ways[i].name + ": farewell in " + s.text);
}
check((await stopped) === 0, "exit status");

// without a server nginx says 502; with one all is well again
const refused = over_http1("/events/a");
await until(() => refused.status === 502, "502");
hub = await start(program, ["--port", hub.port, ...hub_options]);
for (const { name, open, prefix } of ways) {
  const s = open(prefix + "/events/a", { "last-event-id": last_id(open_ones[0]) });
  await until(() => s.text.includes('data: {"reason":"restarted"'), name + ": gap after the restart");
  check(s.headers["event-gap"] === "restarted", name + ": Event-Gap");
  s.close();
}
await hub.stop();
console.log("passed");
finish(0);
