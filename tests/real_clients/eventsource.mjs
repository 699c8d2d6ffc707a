// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// eventsource.mjs SSE_HUB NPM_FOLDER: npm's eventsource gets types, data and ids, obeys retry, resumes
// after a cut without loss, is told of a restart, and comes back after a farewell.
import { check, finish, installed, pause, publish, relay, start, time_limit, until } from "./support.mjs";

const [program, npm] = process.argv.slice(2);
const { EventSource } = installed(npm, "eventsource");
time_limit(240);

let hub = await start(program, ["--port", "0"]);
const line = await relay(hub.port);
const seen = [];
const source = new EventSource(line.url + "/events?topic=a&topic=b");
const note = (e) => seen.push({ type: e.type, data: e.data, id: e.lastEventId });
for (const type of ["message", "greeting", "gap", "farewell"]) source.addEventListener(type, note);
let opened = 0;
source.addEventListener("open", () => ++opened);
const data = () => seen.map((e) => e.data);
const has = (what) => until(() => data().includes(what), () => what + " in " + JSON.stringify(seen));

// types, data of several lines, ids
await until(() => opened === 1, "open");
const first = await publish(hub.url, "a?type=greeting&retry=100", "gr\u00fc\u00df dich\n\n two");
await has("gr\u00fc\u00df dich\n\n two");
check(seen[0].type === "greeting" && seen[0].id === first, "type and id: " + JSON.stringify(seen));
const own = await publish(hub.url, "b?id=my%20own", "own");
await has("own");
check(own === "my own" && seen[1].id === "my own", "an id of one's own");

// a cut, and the time to come back in that the server gave
line.cut();
await until(() => source.readyState === EventSource.CONNECTING, "noticing the cut");
const missed = [...Array(50).keys()].map((n) => "missed " + n);
for (const what of missed) await publish(hub.url, "a", what);
const mended = Date.now();
line.mend();
await has("missed 49");
check(Date.now() - mended < 2000, "coming back as fast as retry says");
check(JSON.stringify(data().slice(2)) === JSON.stringify(missed), "what was missed, once and in order");

// a life of the server that knows nothing of the last one
await hub.stop("SIGKILL");
hub = await start(program, ["--port", hub.port]);
await publish(hub.url, "a?retry=100", "after");
await has("after");
const gap = seen.find((e) => e.type === "gap");
check(gap && JSON.parse(gap.data).reason === "restarted", "gap: " + JSON.stringify(seen));
check(data().filter((d) => d === "after").length === 1, "once");

// a farewell: the stream ends in order, and the client comes back when it was told to
await publish(hub.url, "a", "last words");
check((await hub.stop("SIGTERM")) === 0, "exit status");
await until(() => seen.some((e) => e.type === "farewell"), "farewell");
await has("last words");
const before = opened;
hub = await start(program, ["--port", hub.port]);
await until(() => opened === before + 1, "coming back after a farewell");
source.close();
await until(async () => /^sse_hub_subscribers 0$/m.test(await (await fetch(hub.url + "/metrics")).text()),
  "noticing that the client closed");
await pause(0);
await hub.stop();
console.log("passed");
finish(0);
