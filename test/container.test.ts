/** What the image promises, tried without a container engine: the same entry point, as a user without rights, on a read-only tree. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDir } from "../src/store/testing.ts";

const root = join(import.meta.dirname, "..");
const USER = 10_001;
/** Everything is read-only in it but the data directory and /tmp, which are mounts of their own in a container. */
const READ_ONLY = `
  mount --make-rprivate / && mount --bind "$DATA" "$DATA" && mount --bind "$TREE" /mnt && mount -o remount,bind,ro /mnt &&
  mount -o remount,bind,ro / && cd /mnt &&
  exec setpriv --reuid=${USER} --regid=${USER} --clear-groups --no-new-privs --bounding-set=-all -- "$NODE" "$@"`;

function contained(data: string, args: string[], env: Record<string, string>) {
  return spawn("unshare", ["--mount", "sh", "-c", READ_ONLY, "sh", ...args], {
    env: {
      PATH: process.env.PATH,
      TREE: root,
      NODE: process.execPath,
      DATA: data,
      GLASSHOUSE_DATA_DIR: data,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const canMount = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;

test("the entry point of the image serves as a user without rights, on a read-only file system, and is healthy", {
  skip: !canMount && "needs root, to make a file system read-only",
}, async (t) => {
  // As the image is made; done already where the console's tests run too.
  assert.equal(spawnSync(process.execPath, [join(root, "web/build.ts")]).status, 0);
  const parent = temporaryDir(t);
  chmodSync(parent, 0o755);
  const data = join(parent, "data");
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, USER, USER);
  const env = { GLASSHOUSE_PORT: String(await freePort()) };
  const server = contained(data, ["bin/glasshouse.mjs", "serve"], env);
  t.after(() => server.kill("SIGKILL"));
  const ended = once(server, "exit");
  let said = "";
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  await until(() => said.includes("Ctrl-C stops it.") || server.exitCode !== null);
  assert.equal(server.exitCode, null, said);
  const elsewhere = { GLASSHOUSE_PORT: String(await freePort()) };
  const healthy = (env: Record<string, string>) => once(contained(data, ["bin/healthy.mjs"], env), "exit");
  assert.deepEqual(await healthy(env), [0, null]);
  assert.deepEqual(await healthy(elsewhere), [1, null], "where nobody answers");
  server.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], said);
  assert.ok(readdirSync(data).includes("glasshouse.sqlite"));
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
