/** Faults of the machine under an embedded installation. What each promises: docs/reliability.md. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { databaseFile, openStore } from "../src/store/open.ts";
import { testStore } from "../src/store/testing.ts";
import { temporaryFolder } from "./harness.ts";
import { assertEqualsNow, assertUse, assertWell } from "./history/checks.ts";
import { World } from "./history/world.ts";

const root = join(import.meta.dirname, "..");
/** Tools of the machine; without them the tests that need them are skipped. */
const [UNSHARE, MOUNT, UMOUNT] = ["unshare", "mount", "umount"];
const ORGANIZATION = { seed: 3, page: 7, cap: 100, lagSeconds: 0 };
/** Only a file system of its own is ever full for one test alone. */
const NO_ROOM = process.getuid?.() === 0 ? mountable() : "only root may mount a small file system";

function mountable(): string | null {
  const { status, stderr } = spawnSync(UNSHARE, ["-m", MOUNT, "-t", "tmpfs", "none", "/mnt"]);
  return status === 0 ? null : `no small file system can be mounted here: ${stderr}`;
}

function smallDisk(t: TestContext, size: string): string {
  const folder = mkdtempSync(join(tmpdir(), "glasshouse-disk-"));
  const mount = (...args: string[]) => {
    const { status, stderr } = spawnSync(MOUNT, args, { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  };
  mount("-t", "tmpfs", "-o", `size=${size},mode=0700`, "none", folder);
  t.after(() => {
    // What is still open there goes on until it is closed.
    spawnSync(UMOUNT, ["-l", folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Leaves no room. */
function fill(folder: string): string {
  const ballast = join(folder, "ballast");
  for (let bytes = 1 << 20; bytes >= 4096; bytes >>= 1) {
    try {
      for (;;) writeFileSync(ballast, Buffer.alloc(bytes), { flag: "a" });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
    }
  }
  return ballast;
}

async function begin(t: TestContext, dataDir?: string): Promise<World> {
  const world = await World.begin(ORGANIZATION, dataDir);
  t.after(() => world.end());
  return world;
}

async function assertWhole(world: World): Promise<void> {
  await assertEqualsNow(world, await world.truth());
  await assertWell(world);
  await assertUse(world);
}

test("the disk is full in the middle of a sync: it says so, keeps what it has, and goes on once there is room", async (t) => {
  if (NO_ROOM) return t.skip(`skipped because ${NO_ROOM}`);
  const folder = smallDisk(t, "24m");
  const world = await begin(t, join(folder, "data"));
  let ballast: string | null = null;
  await world.sync(undefined, (commits) => {
    if (commits === 9) ballast = fill(folder);
  });
  assert.ok(ballast, "the sync was under way");
  // Whatever is asked of it meanwhile fails with what to do, and reading goes on.
  await assert.rejects(world.sync(), { code: "SQLITE_FULL", message: /Free some space/ });
  assert.ok((await world.house.store.read.selectFrom("user").selectAll().execute()).length > 0);
  rmSync(ballast);
  world.pass(60);
  await world.sync();
  await assertWhole(world);
});

test("the disk of temporary files is full: the question that needs it fails, says so, and no other", async (t) => {
  if (NO_ROOM) return t.skip(`skipped because ${NO_ROOM}`);
  const before = process.env.SQLITE_TMPDIR;
  process.env.SQLITE_TMPDIR = smallDisk(t, "64k");
  t.after(() => {
    if (before === undefined) delete process.env.SQLITE_TMPDIR;
    else process.env.SQLITE_TMPDIR = before;
  });
  const { read, write } = await testStore(t);
  const large = sql`
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 200000)
    select max(place) as last from (select row_number() over (order by randomblob(100)) as place from n)`;
  await assert.rejects(large.execute(read), { code: "SQLITE_FULL", message: /temporary files/ });
  await write((tx) => tx.insertInto("setting").values({ name: "a", value_json: "1" }).execute());
  assert.equal((await read.selectFrom("setting").selectAll().execute()).length, 1);
});

test("the disk is read-only: a start is refused and told why, and nothing is lost", async (t) => {
  if (NO_ROOM) return t.skip(`skipped because ${NO_ROOM}`);
  const folder = smallDisk(t, "24m");
  const world = await begin(t, join(folder, "data"));
  await world.sync();
  await world.house.close();
  const remount = (how: string) => assert.equal(spawnSync(MOUNT, ["-o", `remount,${how}`, folder]).status, 0);
  remount("ro");
  await assert.rejects(world.open(), /can't be (written|opened)/);
  const command = spawnSync(process.execPath, [join(root, "src/main.ts"), "connections"], {
    encoding: "utf8",
    env: { ...process.env, GLASSHOUSE_DATA_DIR: world.dataDir },
  });
  assert.equal(command.status, 1, command.stderr);
  assert.match(command.stderr, /read-only/);
  assert.doesNotMatch(command.stderr, /\n\s+at /);
  remount("rw");
  await world.open();
  await world.sync();
  await assertWhole(world);
});

test("the database can't be read, and is back later: refused, left as it was, and taken up where it stood", async (t) => {
  const world = await begin(t);
  await world.sync();
  await world.house.close();
  const file = databaseFile(world.dataDir);
  const kept = join(temporaryFolder(t), "kept");
  copyFileSync(file, kept);
  writeFileSync(file, Buffer.alloc(40_000, "x"));
  await assert.rejects(world.open(), { name: "DatabaseRefused", reason: "not_a_database" });
  copyFileSync(kept, file);
  await world.open();
  world.pass(3600);
  world.change({ what: "rename", user: 2 });
  await world.sync();
  await assertWhole(world);
});

test("the database is slow: reading goes on, and the sync that waits ends well", async (t) => {
  const world = await begin(t);
  await world.sync();
  world.change({ what: "add user", siteAdmin: false, service: false });
  const other = new Database(databaseFile(world.dataDir));
  t.after(() => other.close());
  other.exec("begin immediate");
  const syncing = world.sync();
  for (let n = 0; n < 20; n++) await world.house.store.read.selectFrom("user").select("user_id").execute();
  other.exec("rollback");
  await syncing;
  await assertWhole(world);
});

test("no reader is free: questions wait for their turn, and all are answered", async (t) => {
  const { read } = await testStore(t);
  const slow = sql<{ n: number }>`
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 300000) select count(*) as n from n`;
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      (i % 20 === 0 ? slow : sql<{ n: number }>`select ${i} as n`).execute(read),
    ),
  );
  assert.deepEqual(
    answers.map(({ rows }) => rows[0]!.n),
    answers.map((_, i) => (i % 20 === 0 ? 300_000 : i)),
  );
});

test("an upgrade of the schema that is killed before its end: the next start does it whole, and every row is there", async (t) => {
  const migrations = readdirSync(join(root, "src/store/migrations"))
    .filter((name) => /^\d{4}-/.test(name))
    .map((name) => name.replace(".ts", ""));
  const [first, last] = [migrations.sort()[0]!, migrations.at(-1)!];
  const file = databaseFile(temporaryFolder(t));
  const child = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(root, "test/children/migrate.ts"), file, ...args],
      { encoding: "utf8" },
    );
  const applied = () => {
    const db = new Database(file, { readonly: true });
    const rows = db.prepare("select name from kysely_migration order by name").all() as { name: string }[];
    db.close();
    return rows.map(({ name }) => name);
  };
  const old = child("until", first);
  assert.equal(old.stdout, "open\n", old.stderr);
  assert.deepEqual(applied(), [first]);
  // Each of them in the long run; else every fourth, and the last.
  const every = process.env.GLASSHOUSE_TEST_LONG ? 1 : 4;
  for (const name of migrations.slice(1).filter((name, i) => i % every === 0 || name === last)) {
    const { signal, stdout, stderr } = child("kill", name);
    assert.deepEqual([signal, stdout], ["SIGKILL", ""], stderr);
    assert.deepEqual(applied(), [first], `killed in ${name}`);
  }
  const store = await openStore({ file });
  t.after(() => store.close());
  assert.equal((await store.read.selectFrom("role").selectAll().execute()).length, 1);
  assert.equal(applied().at(-1), last);
});
