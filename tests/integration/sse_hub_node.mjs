// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// sse_hub_node.mjs SSE_HUB: Node's fetch reads a stream of sse_hub, and npm's eventsource (where it is
// installed) or Node's own EventSource does, over a restart of the server.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

if (typeof fetch !== "function") process.exit(77);
const started = [];

function start(port) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.argv[2], ["--port", String(port)]);
    started.push(child);
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = /listening on (http:\/\/\S+)/.exec(text);
      if (found) resolve({ child, url: found[1] });
    });
    child.on("exit", () => reject(new Error("sse_hub ended: " + text)));
  });
}
function check(holds, what) {
  if (holds) return;
  console.log("FAILED: " + what);
  for (const child of started) child.kill("SIGKILL");
  process.exit(1);
}
const publish = (url, topic, body) => fetch(`${url}/publish/${topic}`, { method: "POST", body });
setTimeout(() => check(false, "timeout"), 40000).unref();

async function withFetch(url) {
  const abort = new AbortController();
  const response = await fetch(url + "/events/a", { signal: abort.signal });
  check(response.headers.get("content-type") === "text/event-stream", "content type");
  const decoder = new TextDecoder();
  let text = "", published = false;
  for await (const bytes of response.body) {
    text += decoder.decode(bytes, { stream: true });
    if (!published && text.includes("\n\n")) {
      published = true;
      const answer = await publish(url, "a", "caf\u00e9\nau lait");
      check(/^{"id":"[0-9a-f]+-\d+"}$/.test((await answer.text()).trim()), "answer");
    }
    if (text.includes("data: au lait\n")) break;
  }
  check(text.includes("data: caf\u00e9\ndata: au lait\nid: "), "event: " + text);
  abort.abort();
}

async function withEventSource(EventSource, first) {
  const seen = [];
  const source = new EventSource(first.url + "/events/a");
  source.onmessage = (e) => seen.push(e.data);
  source.addEventListener("gap", (e) => seen.push("gap " + JSON.parse(e.data).reason));
  const until = async (what) => {
    for (let i = 0; i < 400 && !seen.includes(what); ++i) await new Promise((r) => setTimeout(r, 50));
    check(seen.includes(what), what + " in " + JSON.stringify(seen));
  };
  await new Promise((resolve) => (source.onopen = resolve));
  await publish(first.url, "a", "one");
  await until("one");
  first.child.removeAllListeners("exit");
  const gone = new Promise((resolve) => first.child.once("exit", resolve));
  first.child.kill("SIGKILL");
  await gone;
  const second = await start(new URL(first.url).port);
  await publish(second.url, "a", "two");
  await until("gap restarted");
  await until("two");
  check(seen.filter((s) => s === "two").length === 1, "once");
  source.close();
}

const first = await start(0);
await withFetch(first.url);
let EventSource = globalThis.EventSource;
try {
  EventSource ??= createRequire(import.meta.url)("eventsource").EventSource;
} catch {
  console.log("no EventSource here: only fetch was tried");
}
if (EventSource) await withEventSource(EventSource, first);
for (const child of started) {
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
}
console.log("passed");
process.exit(0);
