/** What stands between us and Greenhouse, and a sync that stays away: broken → exactly this cause → cured → green. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request as ask, createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect as connectTo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Simulator } from "../simulator/index.ts";
import type { Answer } from "../src/api/contract.ts";
import { handlers } from "../src/api/handlers.ts";
import { buildApp } from "../src/api/http/app.ts";
import type { Glasshouse } from "../src/glasshouse.ts";
import { GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { connect, draftFor, open, simulate, sync, temporaryFolder, UNLIMITED } from "./harness.ts";

type Verdicts = Answer<"verdicts">["items"];

/** A tool of the machine; the tests that need it are skipped without it. */
const OPENSSL = "openssl";
const HOST = "greenhouse.test";

test("verdict: the network opens HTTPS with a certificate of its own → tls_intercepted → given to Node → cured", async (t) => {
  const house = await behindTls(t);
  if (!house) return t.skip("no openssl here");
  const trusting = { NODE_EXTRA_CA_CERTS: house.certificate };
  await house.glasshouse(house.connect, trusting);
  const broken = await house.sync({});
  assert.equal(broken.users.cause, "tls_intercepted");
  assert.match(broken.users.text!, /not trusted.*Aldermoor Proxy CA/s);
  assert.match(broken.users.cure!, /NODE_EXTRA_CA_CERTS|root certificate/);
  assert.equal(broken.state, "failing");

  assert.equal((await house.sync(trusting)).state, "connected");
});

test("verdict: the host shows the certificate of another name → tls → the right one → cured", async (t) => {
  const house = await behindTls(t);
  if (!house) return t.skip("no openssl here");
  const trusting = { NODE_EXTRA_CA_CERTS: house.certificate };
  await house.glasshouse(house.connect, trusting);

  const wrong = newCertificate("DNS:elsewhere.test")!;
  house.show(wrong);
  const broken = await house.sync({ NODE_EXTRA_CA_CERTS: house.file(wrong) });
  assert.equal(broken.users.cause, "tls");
  assert.match(broken.users.text!, /certificate of 127\.0\.0\.1:\d+ is not trusted: .*another name/);
  assert.equal(broken.state, "failing");

  house.show(house.pem);
  assert.equal((await house.sync(trusting)).state, "connected");
});

test("verdict: the proxy asks for a password → proxy → given in HTTPS_PROXY → cured", async (t) => {
  const house = await behindTls(t, `https://${HOST}`);
  if (!house) return t.skip("no openssl here");
  const proxy = await passwordProxy(t, house.port);
  const trusting = { NODE_EXTRA_CA_CERTS: house.certificate };
  const right = { ...trusting, HTTPS_PROXY: `http://glass:house@127.0.0.1:${proxy}` };
  await house.glasshouse(house.connect, right);
  const broken = await house.sync({ ...trusting, HTTPS_PROXY: `http://127.0.0.1:${proxy}` });
  assert.equal(broken.users.cause, "proxy");
  assert.match(broken.users.text!, /407/);
  assert.doesNotMatch(JSON.stringify(broken), /glass:house/);

  assert.equal((await house.sync(right)).state, "connected");
});

test("verdict: nothing was synced for five hours → behind → synced → cured", async (t) => {
  const sim = await simulate(t, { users: 25, eventsPerDay: 40 });
  let now = Date.now();
  const house = await open(t, { now: () => now });
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const { app, ask } = await asked(house, () => now);
  t.after(() => app.close());
  const users = async () => {
    const { items } = await ask("connections/Aldermoor/verdicts");
    return (items as Verdicts).find(({ stream }) => stream === "users")!;
  };
  await sync(house, connection);
  assert.equal((await users()).state, "well");

  now += 5 * 3_600_000;
  const broken = await users();
  assert.equal(broken.cause, "behind");
  assert.match(broken.text!, /5 h/);

  sim.control.clock({ advanceSeconds: 5 * 3600 });
  await sync(house, connection);
  assert.equal((await users()).state, "well");
});

/** The API over it, and its answers. */
async function asked(house: Glasshouse, now: () => number) {
  const app = await buildApp(
    {
      services: house.services,
      config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] },
      version: "0.0.0-test",
      scheduled: true,
      now,
    },
    { guard: null, handlers },
  );
  const ask = async (path: string) =>
    (await app.inject({ url: `/api/v1/${path}` })).json() as { items: unknown };
  return { app, ask };
}

/** A simulator behind an HTTPS server whose certificate nobody knows, and commands of a process each that use it. */
async function behindTls(t: TestContext, origin?: string) {
  const pem = newCertificate(`IP:127.0.0.1,DNS:${HOST}`);
  if (!pem) return null;
  const file = (pem: string) => {
    const path = join(temporaryFolder(t), "certificate.pem");
    writeFileSync(path, pem);
    return path;
  };
  const sim = await simulate(t, { users: 25, eventsPerDay: 40 });
  const server = createTlsServer({ key: pem, cert: pem }, forwardTo(sim));
  const port = await listen(t, server);
  const url = origin ?? `https://127.0.0.1:${port}`;
  const dataDir = join(temporaryFolder(t), "data");
  const glasshouse = (args: string[], environment: Record<string, string>) =>
    run(args, {
      GLASSHOUSE_DATA_DIR: dataDir,
      GLASSHOUSE_GREENHOUSE_HARVEST_URL: url,
      GLASSHOUSE_GREENHOUSE_AUTH_URL: url,
      GLASSHOUSE_GREENHOUSE_AUDIT_URL: url,
      GLASSHOUSE_CREDENTIAL_SECRET: sim.clientSecret,
      GLASSHOUSE_TIME_SCALE: String(UNLIMITED),
      ...environment,
    });
  return {
    pem,
    certificate: file(pem),
    file,
    port,
    /** From now on the server shows this certificate. */
    show: (pem: string) => server.setSecureContext({ key: pem, cert: pem }),
    glasshouse,
    connect: ["connect", "greenhouse", "--name", "Aldermoor", "--client-id", sim.clientId],
    /** Syncs everything, and tells how that left the connection. */
    async sync(environment: Record<string, string>) {
      await glasshouse(["sync", "Aldermoor"], environment);
      const house = await open(t, { dataDir });
      const { app, ask } = await asked(house, Date.now);
      const [connection] = (await ask("connections")).items as Answer<"listConnections">["items"];
      await app.close();
      await house.close();
      return {
        state: connection!.state,
        users: connection!.streams.find(({ stream }) => stream === "users")!,
      };
    },
  };
}

function newCertificate(hosts: string): string | null {
  const request =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout - -out -".split(" ");
  const names = ["-subj", "/CN=Aldermoor Proxy CA", "-addext", `subjectAltName=${hosts}`];
  try {
    return execFileSync(OPENSSL, [...request, ...names], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch {
    return null;
  }
}

function forwardTo(sim: Simulator): RequestListener {
  return (incoming, outgoing) => {
    const { method, headers } = incoming;
    const passed = ask(new URL(incoming.url!, sim.url), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  };
}

/** A proxy that lets through whoever gives `glass:house`, to that port whatever host was asked for. */
async function passwordProxy(t: TestContext, port: number): Promise<number> {
  const server = createServer();
  server.on("connect", (request, socket: Socket) => {
    socket.on("error", () => {});
    if (request.headers["proxy-authorization"] !== `Basic ${btoa("glass:house")}`) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    const beyond = connectTo(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      beyond.pipe(socket).pipe(beyond);
    });
    beyond.on("error", () => socket.destroy());
  });
  return listen(t, server);
}

async function listen(t: TestContext, server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

/** What a command wrote to standard output. Exit codes 0 and 3 (needs attention) and 1 of a failed sync are its right. */
async function run(args: string[], environment: Record<string, string>): Promise<string> {
  const main = join(import.meta.dirname, "..", "src", "main.ts");
  const { NODE_EXTRA_CA_CERTS: _, HTTPS_PROXY: __, ...env } = process.env;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    env: { ...env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.ok(code === 0 || args[0] === "sync", `${args.join(" ")}: ${code} ${err} ${out}`);
  return out;
}
