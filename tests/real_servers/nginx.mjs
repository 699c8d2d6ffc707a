// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// nginx.mjs SSE_CAT NGINX OPENSSL: our client behind nginx as a reverse proxy with TLS: certificates, streams as
// they come, cuts, timeouts and errors of the proxy.
import { check, finish, time_limit, until } from "../real_clients/support.mjs";
import { run_nginx } from "../real_clients/nginx_process.mjs";
import { check_requests, read, serve } from "./support.mjs";

const [sse_cat, nginx, openssl] = process.argv.slice(2);
time_limit(240);

const server = await serve();
const proxy = await run_nginx(nginx, openssl, (ports, folder) => `
  upstream node { server 127.0.0.1:${server.port}; }
  server { listen 127.0.0.1:${ports.secure} ssl;
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    location / { proxy_pass http://node; }
    location /short/ { proxy_pass http://node/; proxy_read_timeout 500ms; }
    location /old/ { proxy_pass http://node/; proxy_http_version 1.0; }
    location /moved/ { return 307 /events; }
    location /broken/ { proxy_pass http://127.0.0.1:1/; }
    gzip on; gzip_types text/event-stream; gzip_min_length 0;
  }
  server { listen 127.0.0.1:${ports.plain}; return 308 https://localhost:${ports.secure}$request_uri; }
`);
const secure = `https://localhost:${proxy.secure}`;
const trust = ["--cacert", `${proxy.folder}/cert.pem`];

// only a server whose certificate is trusted and has the right name gets a request
const stranger = read(sse_cat, `${secure}/events`, "--max-attempts", "1");
check((await stranger.ended()) === 1, "an unknown certificate");
check(stranger.lines.some((line) => line.error?.kind === "tls"), JSON.stringify(stranger.lines));
const named = read(sse_cat, `https://127.0.0.2:${proxy.secure}/events`, ...trust, "--max-attempts", "1");
check((await named.ended()) === 1, "another name");
check(server.requests.length === 0, "nothing went to a server that is not trusted");

// events come one by one, and reconnections lose nothing: the server cuts, nginx passes it on
for (const prefix of ["", "/old"]) {
  const start = server.requests.length;
  const first = prefix === "" ? 0 : 3;
  const reader = read(sse_cat, `${secure}${prefix}/events`, ...trust, "--last-event-id", String(first));
  await server.expect_streams(1);
  let data = "";
  for (const how of ["one", "end", "reset"]) {
    if (how !== "one") server.cut(how);
    server.publish(`${how}${prefix}`);
    data += `${data && " "}${how}${prefix}`;
    await reader.has(data);
  }
  const ids = [0, 1, 2].map((n) => String(first + n));
  check_requests(server.requests.slice(start), ids);
  check((await reader.stop()) === 0, "exit status");
  await server.expect_streams(0);
}

// by redirect from http to https, and within https
const moved = read(sse_cat, `http://localhost:${proxy.plain}/moved/`, ...trust, "--count", "1");
check((await moved.ended()) === 0, "redirects: " + JSON.stringify(moved.lines));
check(moved.lines[0].open?.url === `${secure}/events`, JSON.stringify(moved.lines[0]));

// whoever it is, where that is asked for
const blind = read(sse_cat, `${secure}/moved/`, "--insecure", "--count", "1");
check((await blind.ended()) === 0, "a certificate that is not looked at: " + JSON.stringify(blind.lines));

// a proxy that gives up on a silent stream, again and again, and one without a server
const silent = read(sse_cat, `${secure}/short/events`, ...trust, "--last-event-id", "6");
await until(() => silent.lines.filter((line) => line.reconnect !== undefined).length >= 2, "reconnections");
server.publish("after the silence");
await silent.has("after the silence");
await silent.stop();
const broken = read(sse_cat, `${secure}/broken/`, ...trust);
check((await broken.ended()) === 1, "a 502");
check(broken.lines.some((line) => line.error?.status === 502), JSON.stringify(broken.lines));

console.log("passed");
finish(0);
