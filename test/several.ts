/** Parts of tests of several processes on one PostgreSQL. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Glasshouse, GlasshouseOptions } from "../src/glasshouse.ts";
import { emptyDatabase, onServer, testServer } from "../src/store/testing.ts";
import { open } from "./harness.ts";

/** For suites: these tests need a server (test/engines.ts names their files). */
export const skip = testServer() === null ? "needs PostgreSQL" : false;
export const KEY = randomBytes(32).toString("base64");
export const env = { GLASSHOUSE_SECRET_KEY: KEY };

/** A database of its own, empty or a copy of another one that nobody has open. */
export async function database(
  t: TestContext,
  like?: string,
): Promise<{ url: string; name: string; dataDir: string }> {
  const { options, discard } = await emptyDatabase();
  assert.ok("url" in options);
  t.after(discard);
  const name = new URL(options.url).pathname.slice(1);
  if (like) {
    await onServer(`drop database ${name}`);
    await onServer(`create database ${name} template ${like}`);
  }
  return { url: options.url, name, dataDir: options.dataDir };
}

/** A house on it. What it is asked for it leaves to others, unless it works itself. */
export function server(
  t: TestContext,
  { url, dataDir }: { url: string; dataDir: string },
  more: Partial<GlasshouseOptions> = {},
): Promise<Glasshouse> {
  return open(t, { databaseUrl: url, dataDir, env, leavesWork: true, ...more });
}

/** Until no lane runs or waits to. */
export async function calm(house: Glasshouse): Promise<void> {
  for (;;) {
    const lanes = await house.store.read.selectFrom("lane").select(["owner", "due_at"]).execute();
    if (lanes.every(({ owner, due_at }) => owner === null && due_at > Date.now())) return;
    await sleep(100);
  }
}
