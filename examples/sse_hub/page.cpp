// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "page.hpp"

// It reads the streams with fetch and not with EventSource, which hands out events only of types
// that were named to it before.
const std::string_view page = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>sse_hub</title>
<style>
:root { --ink: #1d2430; --soft: #667085; --line: #dfe3ea; --back: #f6f7f9; --card: #fff;
  --accent: #2962d9; --good: #16803c; --bad: #c0392b; --gap: #fff3d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #95a0b3; --line: #303845;
  --back: #12161c; --card: #1a2029; --accent: #7aa5ff; --good: #4ccb7a; --bad: #ff7b6b;
  --gap: #3d3212; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--back);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.3rem; margin: 0; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; margin-bottom: 1rem; }
#rate { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }
form { display: flex; gap: .5rem; flex-wrap: wrap; background: var(--card); padding: .75rem;
  border: 1px solid var(--line); border-radius: .6rem; margin-bottom: .75rem; }
input { flex: 1 1 8rem; min-width: 6rem; font: inherit; color: inherit; background: var(--back);
  border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .6rem; }
input.wide { flex-grow: 3; }
button { font: inherit; color: #fff; background: #2962d9; border: 0; border-radius: .4rem;
  padding: .35rem 1rem; cursor: pointer; }
button.plain { color: var(--accent); background: none; border: 1px solid var(--line); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#streams { display: flex; gap: .5rem; flex-wrap: wrap; margin-bottom: .75rem; }
.stream { border: 1px solid var(--line); background: var(--card); border-radius: 1rem;
  padding: .15rem .5rem .15rem .7rem; }
.stream::before { content: "\25CF"; margin-right: .4rem; color: var(--soft); }
.stream.open::before { color: var(--good); }
.stream.wait::before { color: var(--bad); }
.stream small { color: var(--soft); }
.stream button { color: var(--soft); background: none; padding: 0 .3rem; }
.list { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .85rem; }
th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td { font-family: ui-monospace, "Cascadia Mono", Menlo, monospace; font-size: .85rem; }
td.data { white-space: pre-wrap; word-break: break-word; width: 60%; }
td.id, td.type { color: var(--soft); white-space: nowrap; }
tr.gap td { background: var(--gap); }
tr.farewell td { color: var(--soft); }
#said { flex-basis: 100%; color: var(--soft); min-height: 1.4em; }
#said.bad { color: var(--bad); }
</style>
</head>
<body>
<main>
<header><h1>sse_hub</h1><span id="rate" aria-live="off"></span></header>
<div id="streams" role="list"></div>
<form id="follow">
  <input id="topic" class="wide" placeholder="topic or pattern, such as demo/+" aria-label="topic to follow" required>
  <button>Follow</button>
  <button type="button" class="plain" id="clear">Clear list</button>
</form>
<form id="publish">
  <input id="to" placeholder="topic" aria-label="topic to publish on" value="demo/chat" required>
  <input id="type" placeholder="type (message)" aria-label="event type">
  <input id="data" class="wide" placeholder="data" aria-label="event data">
  <input id="token" type="password" placeholder="token, if needed" aria-label="publish token" autocomplete="off">
  <button>Publish</button>
  <div id="said" role="status"></div>
</form>
<div class="list"><table>
  <thead><tr><th>topic</th><th>type</th><th>data</th><th>id</th></tr></thead>
  <tbody id="events"></tbody>
</table></div>
</main>
<script>
"use strict";
const $ = id => document.getElementById(id);
const most = 200, streams = new Map();
let came = 0;

function show(topic, e) {
  came++;
  const row = $("events").insertRow(0);
  if (e.type === "gap" || e.type === "farewell") row.className = e.type;
  for (const [kind, text] of [["topic", topic], ["type", e.type], ["data", e.data], ["id", e.id]]) {
    const cell = row.insertCell();
    cell.className = kind;
    cell.textContent = text.length > 4000 ? text.slice(0, 4000) + " \u2026" : text;
  }
  while ($("events").rows.length > most) $("events").deleteRow(-1);
}

// One stream: reads it, and comes back where it was when it ends.
class Stream {
  constructor(topic) {
    this.topic = topic; this.id = ""; this.retry = 2000; this.count = 0;
    this.chip = document.createElement("span");
    this.chip.className = "stream"; this.chip.setAttribute("role", "listitem");
    this.chip.append(topic + " ", this.state = document.createElement("small"));
    const end = document.createElement("button");
    end.textContent = "\u00d7"; end.title = "stop following " + topic;
    end.onclick = () => this.stop();
    this.chip.append(end);
    $("streams").append(this.chip);
    this.run();
  }
  say(kind, text) { this.chip.className = "stream " + kind; this.state.textContent = text; }
  stop() {
    this.stopped = true; this.abort?.abort(); clearTimeout(this.timer);
    this.chip.remove(); streams.delete(this.topic);
  }
  async run() {
    this.say("", "connecting");
    this.abort = new AbortController();
    try {
      const headers = { Accept: "text/event-stream" };
      if (this.id) headers["Last-Event-ID"] = this.id;
      const url = "/events?topic=" + encodeURIComponent(this.topic) + "&replay=10";
      const response = await fetch(url, { headers, signal: this.abort.signal, cache: "no-store" });
      if (response.status === 400) return this.say("wait", "refused");
      if (!response.ok) throw new Error("status " + response.status);
      this.say("open", "open");
      await this.read(response.body.getReader());
    } catch (e) { if (this.stopped) return; }
    if (this.stopped) return;
    this.say("wait", "reconnecting");
    this.timer = setTimeout(() => this.run(), this.retry);
  }
  async read(reader) {
    const decoder = new TextDecoder();
    let text = "", e = { type: "", data: [], id: this.id };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (text + decoder.decode(value, { stream: true })).split("\n");
      text = lines.pop();
      for (const line of lines) {
        if (line === "") {
          this.id = e.id;
          if (e.data.length) this.got({ type: e.type || "message", data: e.data.join("\n"), id: e.id });
          e = { type: "", data: [], id: this.id };
          continue;
        }
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const field = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "data") e.data.push(field);
        else if (name === "event") e.type = field;
        else if (name === "id") e.id = field;
        else if (name === "retry" && /^\d+$/.test(field)) this.retry = Math.min(+field, 60000);
      }
    }
  }
  got(e) { this.say("open", ++this.count + (this.count === 1 ? " event" : " events")); show(this.topic, e); }
}

function follow(topic) {
  // browsers open six connections to a server, and publishing needs one
  if (topic && !streams.has(topic) && streams.size < 4) streams.set(topic, new Stream(topic));
}
$("follow").onsubmit = e => { e.preventDefault(); follow($("topic").value.trim()); $("topic").value = ""; };
$("clear").onclick = () => $("events").replaceChildren();
$("publish").onsubmit = async e => {
  e.preventDefault();
  const topic = $("to").value.trim(), type = $("type").value.trim(), token = $("token").value;
  const url = "/publish/" + topic.split("/").map(encodeURIComponent).join("/") +
    (type ? "?type=" + encodeURIComponent(type) : "");
  try {
    const headers = token ? { Authorization: "Bearer " + token } : {};
    const r = await fetch(url, { method: "POST", body: $("data").value, headers });
    const text = (await r.text()).trim();
    $("said").className = r.ok ? "" : "bad";
    $("said").textContent = r.ok ? "published as " + JSON.parse(text).id : r.status + ": " + text;
  } catch { $("said").className = "bad"; $("said").textContent = "the server cannot be reached"; }
};
setInterval(() => { $("rate").textContent = came + (came === 1 ? " event/s" : " events/s"); came = 0; }, 1000);
for (const topic of (location.hash.slice(1) || "demo/clock,demo/price,demo/chat").split(",")) {
  follow(decodeURIComponent(topic));
}
</script>
</body>
</html>
)html";
