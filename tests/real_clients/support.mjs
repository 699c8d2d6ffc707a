// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What the tests with real clients share: sse_hub in a process of its own, a relay that cuts its
// connections, checks, and packages of npm.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";

export const skipped = 77; // for ctest
const started = new Set();
const cleanups = [];

/** Calls it when the test ends, however it ends. */
export const at_end = (cleanup) => void cleanups.push(cleanup);

/** Ends the test: with 0 only if nothing went wrong. */
export function finish(status) {
  for (const cleanup of cleanups) cleanup();
  for (const child of started) child.kill("SIGKILL");
  process.exit(status);
}

export function check(holds, what) {
  if (holds) return;
  console.log("FAILED: " + what);
  finish(1);
}

process.on("uncaughtException", (e) => check(false, e.stack));
process.on("unhandledRejection", (e) => check(false, e?.stack ?? e));

/** Fails the test when it has not ended after so many seconds. */
export function time_limit(seconds) {
  setTimeout(() => check(false, `not done after ${seconds} s`), seconds * 1000).unref();
}

/** What `require` gives for a package that was installed into `folder`; skips the test without it. */
export function installed(folder, name) {
  try {
    return createRequire(path.resolve(folder, "x.js"))(name);
  } catch {
    console.log(`skipped: ${name} is not installed in ${folder}`);
    finish(skipped);
  }
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `holds()` is true. */
export async function until(holds, what, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    check(Date.now() < end, "never: " + (typeof what === "function" ? what() : what));
    await pause(20);
  }
}

/** A program that says `listening on URL`: {child, url, port, stop(signal)}. */
export function start(program, options) {
  return new Promise((resolve) => {
    const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
    started.add(child);
    let text = "", stopping = false;
    const gone = new Promise((ended) => {
      child.on("exit", (status, signal) => {
        started.delete(child);
        check(stopping, `${program} ended by itself: ${status ?? signal}`);
        ended(status);
      });
    });
    const stop = (signal = "SIGTERM") => {
      stopping = true;
      child.kill(signal);
      return gone;
    };
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const found = /listening on (https?:\/\/\S+)\n/.exec(text);
      if (found) resolve({ child, url: found[1], port: new URL(found[1]).port, stop });
    });
  });
}

export async function publish(url, topic, body) {
  const answer = await fetch(`${url}/publish/${topic}`, { method: "POST", body });
  const text = await answer.text();
  check(answer.status === 200, `publishing on ${topic}: ${answer.status} ${text}`);
  return JSON.parse(text).id;
}

/** A TCP relay to `port` that can be cut and mended: {url, port, cut(), mend()}. */
export function relay(port) {
  const pairs = new Set();
  let whole = true;
  const server = net.createServer((near) => {
    if (!whole) return void near.resetAndDestroy();
    const far = net.connect(port, "127.0.0.1");
    const pair = [near, far];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.setNoDelay().on("error", end).on("close", end);
    near.pipe(far).pipe(near);
  });
  const cut = () => {
    whole = false;
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  const mend = () => void (whole = true);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const at = server.address().port;
      resolve({ url: `http://127.0.0.1:${at}`, port: at, cut, mend });
    });
  });
}
