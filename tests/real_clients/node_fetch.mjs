// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// node_fetch.mjs SSE_HUB: Node's fetch publishes to sse_hub and reads a stream of it, and does not hold up its end.
import { check, finish, publish, skipped, start, time_limit } from "./support.mjs";

if (typeof fetch !== "function") finish(skipped);
time_limit(240);
const hub = await start(process.argv[2], ["--port", "0"]);

const abort = new AbortController();
const response = await fetch(hub.url + "/events/a", { signal: abort.signal });
check(response.headers.get("content-type") === "text/event-stream", "content type");
const decoder = new TextDecoder();
let text = "";
let published = false;
for await (const bytes of response.body) {
  text += decoder.decode(bytes, { stream: true });
  if (!published && text.includes("\n\n")) {
    published = true;
    const id = await publish(hub.url, "a", "caf\u00e9\nau lait");
    check(/^[0-9a-f]+-\d+$/.test(id), "id: " + id);
  }
  if (text.includes("data: au lait\n")) break;
}
check(text.includes("data: caf\u00e9\ndata: au lait\nid: "), "event: " + text);
abort.abort();
const stopped = Date.now(); // with a connection that is kept for more requests
check((await hub.stop()) === 0, "exit status");
check(Date.now() - stopped < 3000, "an idle connection held up the end");
console.log("passed");
finish(0);
