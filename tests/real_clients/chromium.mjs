// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// chromium.mjs SSE_HUB CHROMIUM NPM_FOLDER SCREENSHOT: the page of sse_hub and the browser's own
// EventSource, through cut connections and a restart of the server.
import { check, finish, installed, publish, relay, start, time_limit, until } from "./support.mjs";

const [program, executablePath, npm, screenshot] = process.argv.slice(2);
const { chromium } = installed(npm, "playwright-core");
time_limit(240);

let hub = await start(program, ["--port", "0", "--demo"]);
const line = await relay(hub.port);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 700 } });
const complaints = [];
page.on("pageerror", (e) => complaints.push(e.message));
page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));

const rows = (selector = "tr") =>
  page.$$eval("#events " + selector, (all) => all.map((tr) =>
    Object.fromEntries([...tr.cells].map((td) => [td.className, td.textContent]))).reverse());
const news = async () => (await rows()).filter((r) => r.topic === "news").map((r) => r.data);
const text = (selector) => page.textContent(selector);
const state = (wanted) => until(async () => (await text("#state")) === wanted, "state " + wanted);
const missing = (n) => [...Array(n).keys()].map((i) => "missed " + i);

// live events
await page.goto(line.url + "/#demo/clock,news");
await state("live");
await until(async () => (await rows()).filter((r) => r.type === "tick").length >= 2, "two ticks");
await until(async () => (await text("#rate")) === "1", "the rate");

// publishing from the page; what comes is text, whatever it looks like
await page.fill("#to", "news");
await page.fill("#type", "note");
await page.fill("#data", "<b>first</b>\nsecond line");
await page.press("#data", "Enter");
await until(async () => (await news()).includes("<b>first</b>\nsecond line"), "what was published");
const noted = (await rows()).find((r) => r.topic === "news");
check(noted.type === "note" && (await text("#said")) === "published as " + noted.id, "type and id");
check((await page.$$("#events b")).length === 0, "markup in an event");
check(complaints.length === 0, "complaints of the browser: " + complaints);

// the browser's own EventSource beside it
await page.evaluate(() => {
  window.seen = [];
  const source = new EventSource("/events/news");
  source.onmessage = (e) => window.seen.push(e.data);
  source.addEventListener("gap", (e) => window.seen.push("gap " + JSON.parse(e.data).reason));
  return new Promise((resolve) => (source.onopen = resolve));
});
await publish(hub.url, "news?retry=300", "before");
await until(async () => (await news()).includes("before"), "an event from elsewhere");

// a cut: everything that was missed comes, once and in order, and without a gap
line.cut();
await state("reconnecting");
for (const what of missing(30)) await publish(hub.url, "news", what);
line.mend();
await state("live");
await until(async () => (await news()).includes("missed 29"), "what was missed");
check(JSON.stringify((await news()).slice(2)) === JSON.stringify(missing(30)), "once and in order");
const seen = () => page.evaluate(() => window.seen);
await until(async () => (await seen()).includes("missed 29"), "what EventSource missed");
check(JSON.stringify(await seen()) === JSON.stringify(["before", ...missing(30)]),
  "EventSource: " + JSON.stringify(await seen()));
check((await rows("tr.gap")).length === 0 && /^0 /.test(await text("#gaps")), "a gap where none is");

// a restart: a gap that is to be seen, and then what is new
await hub.stop("SIGKILL");
hub = await start(program, ["--port", hub.port, "--demo"]);
await publish(hub.url, "news", "after");
await until(async () => (await news()).includes("after"), "an event after the restart");
await until(async () => (await rows("tr.gap")).length === 2, "the gap of each stream");
check((await rows("tr.gap"))[0].data.includes("restarted"), "the reason");
check(await page.locator("#events tr.gap").first().isVisible(), "a gap that can be seen");
await until(async () => (await text("#gaps")) === "2 gaps", "the number of gaps");
await until(async () => (await seen()).slice(-2).join() === "gap restarted,after", "EventSource's gap");
await page.screenshot({ path: screenshot });

// paused, it stays as it is; and however much comes, the list stays short
await page.click("#pause");
const before = await page.textContent("#events");
await Promise.all([...Array(600).keys()].map((n) => publish(hub.url, "news", "many " + n)));
await until(async () => (await text("#pause")) === "Resume (500+)", "the number that waits");
check((await page.textContent("#events")) === before, "a paused list");
await page.click("#pause");
await until(async () => (await rows()).length === 500, "500 rows");

// failed loads are what was asked for above
const others = complaints.filter((c) => !/net::ERR_/.test(c));
check(others.length === 0, "complaints of the browser: " + others.join("; "));
await browser.close();
await hub.stop("SIGKILL");
console.log("passed");
finish(0);
