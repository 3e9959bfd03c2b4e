import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDir } from "../store/testing.ts";
import { OwnerError, openDataDir } from "./data-dir.ts";
import { takeLock } from "./lock.ts";
import { connectOrOwn } from "./owner.ts";
import { answers, socketPath } from "./socket.ts";

type TestContext = Parameters<typeof temporaryDir>[0];
interface Became {
  role: "owner" | "client";
  pid: number;
}

function start(t: TestContext, dataDir: string, command = "sync", answer = "answers"): ChildProcess {
  const child = fork(join(import.meta.dirname, "../../test/children/owner.ts"), [dataDir, command, answer], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  t.after(() => void child.kill("SIGKILL"));
  return child;
}
const became = async (child: ChildProcess) => (await once(child, "message"))[0] as Became;

test("of two processes one owns the directory and the other is its client", async (t) => {
  const dataDir = temporaryDir(t);
  const first = start(t, dataDir);
  assert.deepEqual(await became(first), { role: "owner", pid: first.pid });
  const second = start(t, dataDir);
  assert.deepEqual(await became(second), { role: "client", pid: first.pid });
});

test("two processes started at once don't both become owner", async (t) => {
  const dataDir = temporaryDir(t);
  const both = await Promise.all([start(t, dataDir), start(t, dataDir)].map(became));
  assert.deepEqual(both.map(({ role }) => role).sort(), ["client", "owner"]);
});

test("an owner that was killed leaves nothing that stops the next one", async (t) => {
  const dataDir = temporaryDir(t);
  const first = start(t, dataDir);
  await became(first);
  assert.ok(existsSync(join(dataDir, "glasshouse.sock")));
  first.kill("SIGKILL");
  await once(first, "exit");
  assert.ok(existsSync(join(dataDir, "glasshouse.sock")), "the socket file outlives a kill");
  const second = start(t, dataDir);
  assert.equal((await became(second)).role, "owner");
  assert.ok(await answers(socketPath(dataDir)!));
});

test("waits for an owner that is ending, and follows it", async (t) => {
  const dataDir = temporaryDir(t);
  const first = start(t, dataDir, "sync", "silent");
  await became(first);
  const second = start(t, dataDir);
  first.send("end");
  assert.equal((await became(second)).role, "owner");
});

test("an owner that never answers is named", async (t) => {
  const dataDir = temporaryDir(t);
  const first = start(t, dataDir, "restore", "silent");
  await became(first);
  const waited: unknown[] = [];
  await assert.rejects(
    connectOrOwn(dataDir, {
      command: "users",
      need: "any",
      waitMs: 1_200,
      onWait: (owner) => waited.push(owner?.command),
    }),
    (error) =>
      error instanceof OwnerError && error.message.includes(`\`glasshouse restore\` (process ${first.pid})`),
  );
  assert.deepEqual(waited, ["restore"]);
});

test("a second server is told of the first one at once", async (t) => {
  const dataDir = temporaryDir(t);
  await became(start(t, dataDir, "serve"));
  await assert.rejects(connectOrOwn(dataDir, { command: "serve", need: "own" }), /already running/);
  await assert.rejects(connectOrOwn(dataDir, { command: "restore", need: "own" }), /Stop it/);
});

test("directory, lock, socket and what stands beside them are for the owner alone", async (t) => {
  const dataDir = join(temporaryDir(t), "new", "data");
  const standing = await connectOrOwn(dataDir, { command: "serve", need: "own" });
  assert.ok(standing.role === "owner");
  const server = createServer();
  await standing.listen(server);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  for (const name of ["lock.sqlite", "glasshouse.sock", "owner.json"]) {
    assert.equal(statSync(join(dataDir, name)).mode & 0o777, 0o600, name);
  }
  server.close();
  standing.release();
  assert.ok(!existsSync(join(dataDir, "glasshouse.sock")) && !existsSync(join(dataDir, "owner.json")));
  const lock = takeLock(dataDir);
  assert.ok(lock, "the lock is free again");
  lock.release();
});

test("a path too long for a socket has its socket elsewhere, which the next owner clears away", async (t) => {
  const dataDir = join(temporaryDir(t), "d".repeat(120));
  const first = start(t, dataDir);
  await became(first);
  const path = socketPath(dataDir)!;
  assert.ok(Buffer.byteLength(path) <= 103 && !path.startsWith(dataDir));
  assert.equal(readFileSync(join(dataDir, "socket"), "utf8"), path);
  assert.equal((await became(start(t, dataDir))).role, "client");
  first.kill("SIGKILL");
  await once(first, "exit");
  assert.equal((await became(start(t, dataDir))).role, "owner");
  assert.ok(!existsSync(path));
});

test("another user is refused before anything is opened, and told what to do", (t) => {
  const dataDir = temporaryDir(t);
  chmodSync(dataDir, 0o777);
  assert.throws(
    () => openDataDir(dataDir, statSync(dataDir).uid + 1),
    (error) =>
      error instanceof OwnerError &&
      /belongs to user/.test(error.message) &&
      /GLASSHOUSE_DATA_DIR/.test(error.message),
  );
});

test("a file in the place of the directory is refused", (t) => {
  const file = join(temporaryDir(t), "data");
  writeFileSync(file, "");
  assert.throws(() => openDataDir(file), /is not a directory/);
});

test("an existing directory keeps its mode", (t) => {
  const dataDir = join(temporaryDir(t), "data");
  mkdirSync(dataDir, { mode: 0o750 });
  assert.equal(openDataDir(dataDir).endsWith("data"), true);
  assert.equal(statSync(dataDir).mode & 0o777, 0o750);
});
