import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { insertRows } from "./engine/bulk.ts";
import { StoreError } from "./engine/errors.ts";
import { databaseFile, openStore } from "./open.ts";
import { temporaryDir, testStore } from "./testing.ts";

const role = (id: string) => ({ connection: 1, role_id: id, state: "present", first_seen_at: 0 }) as const;

test("folder and file are for their owner alone", async (t) => {
  const file = databaseFile(join(temporaryDir(t), "new", "data"));
  const store = await openStore({ file });
  t.after(() => store.close());
  await store.write((tx) => tx.insertInto("role").values(role("1")).execute());
  assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  for (const part of [file, `${file}-wal`]) assert.equal(statSync(part).mode & 0o777, 0o600);
});

for (const [name, rest, empty] of [
  ["the key of a database that is gone", "secret.key", false],
  ["the key beside a file that was emptied", "secret.key", true],
  ["the log of a database that is gone", "glasshouse.sqlite-wal", false],
  ["a database that was moved into PostgreSQL", "glasshouse.sqlite.moved", false],
] as const) {
  test(`${name}: no new one is begun there, until that is moved away`, async (t) => {
    const dir = temporaryDir(t);
    const file = databaseFile(dir);
    writeFileSync(join(dir, rest), "of before");
    if (empty) writeFileSync(file, "");
    const message = new RegExp(`${rest}.*glasshouse restore.*GLASSHOUSE_DATABASE_URL.*To begin anew`);
    await assert.rejects(openStore({ file }), { name: "DatabaseRefused", reason: "lost", message });
    assert.deepEqual(readdirSync(dir).sort(), empty ? ["glasshouse.sqlite", rest].sort() : [rest]);
    assert.equal(readFileSync(join(dir, rest), "utf8"), "of before");
    rmSync(join(dir, rest));
    await (await openStore({ file })).close();
  });
}

test("nothing acknowledged is lost when power fails: log and full sync; freed pages can be given back", async (t) => {
  const { write } = await testStore(t);
  const ask = (name: string) =>
    write(async (tx) => Object.values((await sql.raw(`pragma ${name}`).execute(tx)).rows[0] as object)[0]);
  assert.equal(await ask("journal_mode"), "wal");
  assert.equal(await ask("synchronous"), 2);
  assert.equal(await ask("auto_vacuum"), 2);
  assert.equal(await ask("cache_size"), -32_768);
  assert.equal(await ask("mmap_size"), 0);
});

const plain = openStore({ file: databaseFile(mkdtempSync(join(tmpdir(), "glasshouse-"))) });
after(async () => {
  await (await plain).close();
  rmSync(dirname((await plain).place), { recursive: true });
});

for (const id of ["9007199254740993", "9223372036854775807", "1", "4000000000000000001"]) {
  test(`the id ${id} is exact in every direction`, async () => {
    const { write, read } = await plain;
    await write(async (tx) => {
      await insertRows(
        tx,
        "role",
        ["connection", "role_id", "state", "first_seen_at"],
        [[1, id, "present", 0]],
      );
    });
    const found = await read.selectFrom("role").selectAll().where("role_id", "=", id).execute();
    assert.deepEqual(
      found.map((row) => row.role_id),
      [id],
    );
    const { rows } = await sql<{
      type: string;
    }>`select typeof(role_id) as type from role where role_id = ${id}`.execute(read);
    assert.equal(rows[0]!.type, "integer");
  });
}

test("an integer beyond 2^53 that is no id fails instead of being rounded", async () => {
  const { read } = await plain;
  const ask = sql`select 9007199254740993 as at`.execute(read);
  await assert.rejects(ask, { code: "UNSAFE_INTEGER" });
  const besideAnId = sql`select 1 as role_id, 9007199254740993 as at`.execute(read);
  await assert.rejects(besideAnId, { code: "UNSAFE_INTEGER" });
});

const values: [string, unknown, unknown][] = [
  ["null", null, null],
  ["undefined", undefined, null],
  ["true", true, 1],
  ["a fraction", 1.5, 1.5],
  ["the largest safe integer", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["text with every kind of character", "a'\"\u0000\n😀", "a'\"\u0000\n😀"],
  ["bytes", new Uint8Array([0, 255]), new Uint8Array([0, 255])],
  ["a slice of a shared buffer", Buffer.from("xaby").subarray(1, 3), new Uint8Array([97, 98])],
];

for (const [name, given, expected] of values) {
  test(`${name} comes back as it was stored`, async () => {
    const { read } = await plain;
    const { rows } = await sql<{ value: unknown }>`select ${given} as value`.execute(read);
    assert.deepEqual(rows[0]!.value, expected);
  });
}

test("a date is refused: times are numbers", async () => {
  const { read } = await plain;
  await assert.rejects(sql`select ${new Date()} as value`.execute(read), TypeError);
});

test("an error keeps its code, and the transaction leaves nothing", async (t) => {
  const { write, read } = await testStore(t);
  const twice = write(async (tx) => {
    await tx.insertInto("role").values(role("1")).execute();
    await tx.insertInto("role").values(role("1")).execute();
  });
  await assert.rejects(twice, (error) => {
    assert.ok(error instanceof StoreError);
    assert.equal(error.code, "SQLITE_CONSTRAINT_PRIMARYKEY");
    return true;
  });
  assert.deepEqual(await read.selectFrom("role").selectAll().execute(), []);
  await write((tx) => tx.insertInto("role").values(role("1")).execute());
});

test("transactions run one after the other, and readers see only what is committed", async (t) => {
  const { write, read } = await testStore(t);
  const order: string[] = [];
  const slow = write(async (tx) => {
    await tx.insertInto("role").values(role("1")).execute();
    order.push(`others see ${(await read.selectFrom("role").selectAll().execute()).length}`);
  });
  const next = write(async (tx) => {
    order.push(`the next sees ${(await tx.selectFrom("role").selectAll().execute()).length}`);
  });
  await Promise.all([slow, next]);
  assert.deepEqual(order, ["others see 0", "the next sees 1"]);
});

test("readers can't write", async () => {
  const { read } = await plain;
  await assert.rejects(read.insertInto("role").values(role("1")).execute(), { code: "SQLITE_READONLY" });
});

test("a question too large for its thread fails alone: the next one is answered, and a transaction is rolled back", async (t) => {
  const { write, read } = await testStore(t);
  const large = sql`
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000)
    select hex(randomblob(50000)) as text from n`;
  const lost = { name: "StoreError", code: "STORE_CLOSED", message: /memory/ };
  await assert.rejects(large.execute(read), lost);
  assert.deepEqual(await read.selectFrom("role").selectAll().execute(), []);
  const cut = write(async (tx) => {
    await tx.insertInto("role").values(role("1")).execute();
    await large.execute(tx);
  });
  await assert.rejects(cut, lost);
  assert.deepEqual(await write((tx) => tx.selectFrom("role").selectAll().execute()), []);
});

test("a store opened again has its data, and migrates nothing twice", async (t) => {
  const store = await testStore(t);
  await store.write((tx) => tx.insertInto("role").values(role("7")).execute());
  await store.close();
  const again = await openStore({ file: store.place });
  t.after(() => again.close());
  assert.equal((await again.read.selectFrom("role").selectAll().execute()).length, 1);
});

test("closing leaves one file", async (t) => {
  const store = await testStore(t);
  await store.write((tx) => tx.insertInto("role").values(role("7")).execute());
  await store.close();
  assert.throws(() => statSync(`${store.place}-wal`), { code: "ENOENT" });
});

test("after closing, questions fail instead of hanging", async (t) => {
  const store = await testStore(t);
  await store.close();
  await assert.rejects(store.read.selectFrom("role").selectAll().execute());
});

const refused: [string, string, RegExp, (file: string) => void][] = [
  [
    "a newer database",
    "newer",
    /newer Glasshouse.*9999-later/,
    (file) => {
      new Database(file).exec("insert into kysely_migration values ('9999-later', '')").close();
    },
  ],
  [
    "a file that is no database",
    "not_a_database",
    /GLASSHOUSE_DATA_DIR/,
    (file) => writeFileSync(file, "hello ".repeat(999)),
  ],
  [
    "another program's database",
    "other_program",
    /another program/,
    (file) => {
      writeFileSync(file, "");
      new Database(file).exec("create table notes (text)").close();
    },
  ],
];

for (const [name, reason, message, spoil] of refused) {
  test(`${name} is refused, told what to do, and left as it was`, async (t) => {
    const store = await testStore(t);
    await store.close();
    spoil(store.place);
    const before = statSync(store.place);
    await assert.rejects(openStore({ file: store.place }), { name: "DatabaseRefused", reason, message });
    assert.equal(statSync(store.place).size, before.size);
  });
}

test("a process killed in the middle of a transaction loses nothing that was acknowledged", async (t) => {
  const file = databaseFile(temporaryDir(t));
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", WRITER, file, new URL(".", import.meta.url).href],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let acknowledged = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    if (acknowledged === 25) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL");
  const store = await openStore({ file });
  t.after(() => store.close());
  const rows = await store.read.selectFrom("role").select("role_id").orderBy("role_id").execute();
  // Each transaction writes two rows: both or none; one more may have been committed than was told.
  assert.equal(rows.length % 2, 0);
  assert.ok(acknowledged >= 25 && rows.length >= acknowledged * 2 && rows.length <= (acknowledged + 1) * 2);
});

/** Tells the number of each transaction that is committed. */
const WRITER = `
  const [file, folder] = process.argv.slice(1);
  const { openStore } = await import(new URL("open.ts", folder));
  const store = await openStore({ file });
  const role = (id) => ({ connection: 1, role_id: String(id), state: "present", first_seen_at: 0 });
  for (let n = 1; ; n++) {
    await store.write(async (tx) => {
      await tx.insertInto("role").values(role(2 * n)).execute();
      await tx.insertInto("role").values(role(2 * n + 1)).execute();
    });
    process.stdout.write(n + "\\n");
  }
`;
