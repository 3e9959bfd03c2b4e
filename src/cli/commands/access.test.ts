import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { claim } from "../../access/setup.ts";
import { acceptInvitation } from "../../access/sign-in.ts";
import { accessHandlers } from "../../api/access/access.ts";
import { databaseFile, openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import { temporaryDir } from "../../store/testing.ts";
import { type RunOptions, run } from "../testing.ts";

const CODE = /^(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}$/m;
const ADMIN = { name: "M. Ito", email: "m.ito@aldermoor.example", password: "correct horse battery staple" };
const NOWHERE = { ip: null, agent: null };

/** What the commands left behind, while none of them runs. */
async function inStore<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ file: databaseFile(dataDir), readers: 1 });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
const claimWith = (dataDir: string, code: string) =>
  inStore(dataDir, (store) => claim(store, { ...ADMIN, code }, NOWHERE, Date.now()));

function commands(t: TestContext, more: Partial<RunOptions> = {}) {
  const dataDir = temporaryDir(t);
  const options = { dataDir, handlers: accessHandlers, ...more };
  return { dataDir, options, glasshouse: (...argv: string[]) => run(argv, options) };
}

test("setup-code prints a code that makes the first admin, and then no other", async (t) => {
  const { dataDir, glasshouse } = commands(t);
  const { exit, out } = await glasshouse("setup-code");
  assert.equal(exit, 0);
  await claimWith(dataDir, CODE.exec(out)![0]);
  const again = await glasshouse("setup-code");
  assert.equal(again.exit, 1);
  assert.match(again.err, /has an admin already/);
  assert.doesNotMatch(again.out, CODE);
});

test("reset-admin prints a code with which that admin sets a password, and none for others", async (t) => {
  const { dataDir, glasshouse } = commands(t);
  await claimWith(dataDir, JSON.parse((await glasshouse("setup-code", "--json")).out).code);
  const other = await glasshouse("reset-admin", "nobody@aldermoor.example");
  assert.equal(other.exit, 1);
  assert.match(other.err, /No admin has the e-mail address/);
  const { exit, out } = await glasshouse("reset-admin", ADMIN.email);
  assert.equal(exit, 0);
  const code = CODE.exec(out)![0];
  const done = await inStore(dataDir, (store) =>
    acceptInvitation(store, { code, password: "another long phrase" }, NOWHERE, Date.now()),
  );
  assert.equal(done.member.email, ADMIN.email);
});

/** Runs `serve` until it says that it runs. */
async function served({ options }: ReturnType<typeof commands>): Promise<string> {
  const interrupts: (() => void)[] = [];
  const running = run(["serve", "--no-worker"], { ...options, interrupts, env: { GLASSHOUSE_PORT: "0" } });
  while (interrupts.length === 0) {
    const ended = await Promise.race([running, new Promise((done) => setTimeout(done, 20))]);
    assert.equal(ended, undefined, "serve ended by itself");
  }
  interrupts[0]!();
  return (await running).out;
}

test("serve prints the setup code on a terminal, and a new one at each start", async (t) => {
  const at = commands(t, { columns: 100 });
  const codes = [/(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(await served(at))![0]];
  codes.push(/(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}/.exec(await served(at))![0]);
  await assert.rejects(claimWith(at.dataDir, codes[0]!), { code: "setup_code_wrong" });
  await claimWith(at.dataDir, codes[1]!);
  const out = await served(at);
  assert.match(out, /http:\/\/localhost:\d+ and sign in/);
  assert.doesNotMatch(out, /(?:[0-9A-Z]{4}-){6}/);
});

test("serve without a terminal prints where the setup code lies, not the code", async (t) => {
  const at = commands(t);
  const out = await served(at);
  const file = join(at.dataDir, "setup-code");
  assert.ok(out.includes(file), out);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const code = readFileSync(file, "utf8").trim();
  assert.equal(out.includes(code), false);
  await claimWith(at.dataDir, code);
});
