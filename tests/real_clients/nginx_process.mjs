// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// nginx in a process and a folder of its own, with a certificate for localhost.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { at_end, check, until } from "./support.mjs";

const free_port = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const listens = (port) => new Promise((resolve) => {
  const probe = net.connect(port, "127.0.0.1", () => { probe.destroy(); resolve(true); });
  probe.on("error", () => resolve(false));
});

/** Runs it until the test ends: {plain, secure (ports), folder (with cert.pem and key.pem)}. */
export async function run_nginx(nginx, openssl, http_block) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sse_nginx_"));
  at_end(() => fs.rmSync(folder, { recursive: true, force: true }));
  const ports = { plain: await free_port(), secure: await free_port() };
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  fs.writeFileSync(`${folder}/nginx.conf`, `
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off; ${temporary}
${http_block(ports, folder)}
}
`);
  execFileSync(openssl, ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    "-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`, "-days", "2", "-subj", "/CN=localhost",
    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], { stdio: "ignore" });
  let ending = false;
  const child = spawn(nginx, ["-p", folder, "-e", `${folder}/error.log`, "-c", `${folder}/nginx.conf`],
    { stdio: ["ignore", "inherit", "inherit"] });
  at_end(() => { ending = true; child.kill("SIGKILL"); });
  child.on("exit", (status) => ending || check(false, `nginx ended: ${status}`));
  await until(() => listens(ports.secure), "nginx listens");
  return { ...ports, folder };
}
