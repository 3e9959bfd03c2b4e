/** What is PostgreSQL's own. The rest of the store's tests run on both engines. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Kysely, sql } from "kysely";
import { takeLease } from "../lanes/leases.ts";
import { learnListed } from "../listings/learn-sizes.ts";
import { saveBegun } from "../members/begun.ts";
import { SETUP_CODE } from "../members/codes.ts";
import { createMember } from "../members/members.ts";
import { createSession } from "../members/sessions.ts";
import { OPEN_WAYS_IN } from "../members/sign-ins.ts";
import { openStore } from "../open.ts";
import type { Schema } from "../schema.ts";
import type { Store } from "../store.ts";
import { emptyDatabase, onServer, testServer, testStore } from "../testing.ts";
import { dropPassedMonths, makeMonths } from "../usage/months.ts";
import { wordsFor } from "../usage/words.ts";
import { askWhetherItAnswers } from "./answers.ts";
import { insertRows } from "./bulk.ts";
import { lockConnection } from "./engine.ts";
import { StoreError } from "./errors.ts";
import { postgresDialect } from "./postgres.ts";

const role = (id: string) => ({ connection: 1, role_id: id, state: "present", first_seen_at: 0 }) as const;

/** On the embedded database there is nothing to test here. */
const onPostgres = (name: string, work: (t: TestContext) => Promise<void>) =>
  test(name, { skip: testServer() === null }, work);

onPostgres(
  "ids are exact in every direction; other integers are numbers, or the question fails",
  async (t) => {
    const { write, read } = await testStore(t);
    const ids = ["1", "9007199254740993", "9223372036854775807"];
    await write(async (tx) => {
      const columns = ["connection", "role_id", "state", "first_seen_at"];
      await insertRows(
        tx,
        "role",
        columns,
        ids.map((id) => [1, id, "present", 7]),
      );
    });
    const found = await read
      .selectFrom("role")
      .select(["role_id", "first_seen_at"])
      .orderBy("role_id")
      .execute();
    assert.deepEqual(
      found,
      ids.map((role_id) => ({ role_id, first_seen_at: 7 })),
    );
    const large = sql`select 9007199254740993 as at, 9007199254740993 as row_id`.execute(read);
    await assert.rejects(large, { name: "StoreError", code: "UNSAFE_INTEGER" });
    const { rows } = await sql`select 1 = 1 as yes, 1 = 2 as no, null as nothing, sum(x) as sum, 0.5 as half
    from (values (cast(1 as bigint)), (2)) as t (x)`.execute(read);
    assert.deepEqual(rows, [{ yes: 1, no: 0, nothing: null, sum: 3, half: 0.5 }]);
  },
);

const texts: [name: string, given: string, kept: string][] = [
  ["quotes, backslashes and lines", "a'\"\\\n\t{},😀", "a'\"\\\n\t{},😀"],
  ["the one character that it can't hold", "a\u0000b", "a\ufffdb"],
  ["nothing", "", ""],
];
for (const [name, given, kept] of texts) {
  onPostgres(`text comes back as it was stored, one row at a time or many: ${name}`, async (t) => {
    const { write, read } = await testStore(t);
    const bytes = new Uint8Array([0, 255, 92, 39]);
    const token = (fingerprint: string) => ({
      fingerprint,
      key_version: 1,
      value: bytes,
      expires_at: 0,
      minted_at: 0,
    });
    await write((tx) =>
      tx
        .insertInto("token")
        .values(token(`one ${given}`))
        .execute(),
    );
    const columns = ["fingerprint", "key_version", "value", "expires_at", "minted_at"];
    await write((tx) => insertRows(tx, "token", columns, [Object.values(token(`many ${given}`))]));
    const rows = await read
      .selectFrom("token")
      .select(["fingerprint", "value"])
      .orderBy("fingerprint")
      .execute();
    assert.deepEqual(
      rows,
      ["many", "one"].map((how) => ({ fingerprint: `${how} ${kept}`, value: bytes })),
    );
  });
}

onPostgres("text is in the order of its bytes, whatever the database's own order is", async (t) => {
  const { write, read } = await testStore(t);
  const { rows: own } = await sql<{ before: number }>`select 'a' < 'B' as before`.execute(read);
  assert.equal(own[0]!.before, 1, "the test's database has an order of its own");
  const names = ["a", "B", "ä", "Z", "-", "_a", "A b", "Ab", "😀", "ﬀ"];
  await write((tx) => wordsFor(tx, names));
  const { rows } = await sql<{ text: string }>`select text from word order by text`.execute(read);
  const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));
  assert.deepEqual(
    rows.map(({ text }) => text),
    names.toSorted(byBytes),
  );
});

onPostgres("readers can't write, and a transaction that fails leaves nothing", async (t) => {
  const { write, read } = await testStore(t);
  await assert.rejects(read.insertInto("role").values(role("1")).execute(), { code: "25006" });
  const twice = write(async (tx) => {
    await tx.insertInto("role").values(role("1")).execute();
    await tx.insertInto("role").values(role("1")).execute();
  });
  await assert.rejects(twice, (error) => error instanceof StoreError && error.code === "23505");
  assert.deepEqual(await read.selectFrom("role").selectAll().execute(), []);
});

onPostgres("what a column can't hold is refused, and not repeated: it may be of a person", async (t) => {
  const { read } = await testStore(t);
  const ask = sql`select 1 from role where role_id = ${"Mara Quill"}`.execute(read);
  await assert.rejects(ask, (error: StoreError) => {
    assert.equal(error.code, "22P02");
    assert.doesNotMatch(error.message, /Mara/);
    return /for type bigint$/.test(error.message);
  });
  const far = read.selectFrom("run").selectAll().where("run", "=", 3_000_000_000).execute();
  await assert.rejects(far, { name: "StoreError", code: "22003" });
  const large = read.selectFrom("run").selectAll().where("run", "=", 1e300).execute();
  await assert.rejects(large, { code: "22P02", message: /for type integer$/ });
});

onPostgres("a date is refused: times are numbers", async (t) => {
  const { read } = await testStore(t);
  await assert.rejects(sql`select ${new Date()} as value`.execute(read), TypeError);
});

onPostgres(
  "one transaction at a time writes to a connection; another connection's goes on meanwhile",
  async (t) => {
    const { write } = await testStore(t);
    const order: string[] = [];
    let second: Promise<void> | undefined;
    await write(async (tx) => {
      await lockConnection(tx, 1);
      second = write(async (other) => {
        await lockConnection(other, 1);
        order.push("second");
      });
      await write(async (other) => {
        await lockConnection(other, 2);
        order.push("neighbour");
      });
      order.push("first");
    });
    await second;
    assert.deepEqual(order, ["neighbour", "first", "second"]);
  },
);

onPostgres("whoever keeps a lease waits for none of those who wait for another's transaction", async (t) => {
  const store = await testStore(t);
  let waiting: Promise<void>[] = [];
  const order: string[] = [];
  await store.write(async (tx) => {
    await lockConnection(tx, 1);
    waiting = Array.from({ length: 20 }, () => store.write((other) => lockConnection(other, 1)));
    const lease = { name: "mint", holder: "me" };
    assert.ok(await store.renew((other) => takeLease(other, lease, 1_000, 0)));
    order.push("kept");
  });
  await Promise.all(waiting);
  assert.deepEqual(order, ["kept"]);
});

onPostgres("two transactions that wait for each other are both done", async (t) => {
  const { write, read } = await testStore(t);
  await write((tx) =>
    tx
      .insertInto("role")
      .values([role("1"), role("2")])
      .execute(),
  );
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  let tries = 0;
  const both = (first: 0 | 1) =>
    write(async (tx) => {
      tries++;
      await sql`set local deadlock_timeout = '20ms'`.execute(tx);
      for (const which of [first, 1 - first]) {
        await tx
          .updateTable("role")
          .set((eb) => ({ first_seen_at: eb("first_seen_at", "+", 1) }))
          .where("role_id", "=", String(which + 1))
          .execute();
        met[first].resolve();
        await met[1 - first]!.promise;
      }
    });
  await Promise.all([both(0), both(1)]);
  assert.ok(tries > 2, "one of them was rolled back, and done once more");
  const rows = await read.selectFrom("role").select("first_seen_at").execute();
  assert.deepEqual(
    rows.map((row) => row.first_seen_at),
    [2, 2],
  );
});

onPostgres("a transaction that is always in another's way is given up in the end", async (t) => {
  const { write } = await testStore(t);
  let tries = 0;
  const never = write(async (tx) => {
    tries++;
    await sql`do $$ begin raise exception using errcode = '40001'; end $$`.execute(tx);
  });
  await assert.rejects(never, { name: "StoreError", code: "40001", message: /Try again/ });
  assert.equal(tries, 6);
});

onPostgres("whether the database answers is asked, and told", async (t) => {
  const { options, discard } = await emptyDatabase({ migrated: false });
  const store = await openStore(options);
  t.after(() => store.close());
  const answers = askWhetherItAnswers(store.read);
  assert.deepEqual(await Promise.all([answers(), answers()]), [true, true]);
  await discard();
  assert.equal(await answers(), false);
});

onPostgres("words that two transactions meet at once are given one number each", async (t) => {
  const { write, read } = await testStore(t);
  const found = await Promise.all(
    Array.from({ length: 6 }, (_, i) => write((tx) => wordsFor(tx, ["b", "a", `only ${i}`]))),
  );
  for (const words of found)
    assert.deepEqual([words.get("a"), words.get("b")], [found[0]!.get("a"), found[0]!.get("b")]);
  assert.equal((await read.selectFrom("word").select("word").execute()).length, 8);
});

onPostgres("a connection that is lost fails what it was asked, rolls back, and is replaced", async (t) => {
  const { options, discard } = await emptyDatabase();
  t.after(discard);
  const store = await openStore(options);
  t.after(() => store.close());
  const cut = store.write(async (tx) => {
    await tx.insertInto("role").values(role("1")).execute();
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await onServer(`select pg_terminate_backend(${rows[0]!.pid})`);
    await tx.insertInto("role").values(role("2")).execute();
  });
  await assert.rejects(cut, { name: "StoreError" });
  await store.write((tx) => tx.insertInto("role").values(role("3")).execute());
  assert.deepEqual(await store.read.selectFrom("role").select("role_id").execute(), [{ role_id: "3" }]);
});

const fresh = async (t: TestContext): Promise<{ url: string; dataDir: string }> => {
  const { options, discard } = await emptyDatabase({ migrated: false });
  t.after(discard);
  return options as { url: string; dataDir: string };
};

onPostgres("processes that start at once migrate once, and all can work", async (t) => {
  const options = await fresh(t);
  const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(options)));
  for (const [i, store] of stores.entries()) {
    await store.write((tx) =>
      tx
        .insertInto("role")
        .values(role(String(i)))
        .execute(),
    );
  }
  assert.equal((await stores[0]!.read.selectFrom("role").selectAll().execute()).length, 4);
  await Promise.all(stores.map((store) => store.close()));
});

onPostgres("a newer version waits for what an older one is writing", async (t) => {
  const options = await fresh(t);
  const older = new Kysely<Schema>({
    dialect: postgresDialect({ url: options.url, role: "migrate", connections: 2 }),
  });
  t.after(() => older.destroy());
  await sql`create table kysely_migration (name text primary key, timestamp text not null)`.execute(older);
  let newer: Promise<Store> | undefined;
  let open = false;
  await older.transaction().execute(async (tx) => {
    await sql`lock table kysely_migration in row share mode`.execute(tx);
    newer = openStore(options).finally(() => {
      open = true;
    });
    const waiting = sql<{
      n: number;
    }>`select count(*) as n from pg_locks join pg_database d on d.oid = database
      where d.datname = current_database() and not granted`;
    while (!open && (await waiting.execute(older)).rows[0]!.n === 0);
    assert.ok(!open, "nothing is migrated meanwhile");
  });
  await (await newer!).close();
});

onPostgres("once a newer version has migrated, this one writes nothing", async (t) => {
  const options = await fresh(t);
  const store = await openStore(options);
  t.after(() => store.close());
  const word = (text: string) => store.write((tx) => wordsFor(tx, [text]));
  await word("before");
  await onServer(
    "insert into kysely_migration values ('9999-later', '')",
    new URL(options.url).pathname.slice(1),
  );
  const told = { name: "DatabaseRefused", reason: "newer", message: /Start the newer version here, too/ };
  await assert.rejects(word("after"), told);
  await assert.rejects(
    store.renew((tx) => wordsFor(tx, ["after"])),
    told,
  );
  const words = await store.read.selectFrom("word").select("text").execute();
  assert.deepEqual(words, [{ text: "before" }]);
});

const refused: [name: string, reason: string, message: RegExp, spoil: string][] = [
  [
    "a newer database",
    "newer",
    /newer Glasshouse.*9999-later/,
    "insert into kysely_migration values ('9999-later', '')",
  ],
  ["another program's database", "other_program", /another program/, "truncate kysely_migration"],
];
for (const [name, reason, message, spoil] of refused) {
  onPostgres(`${name} is refused, and told what to do`, async (t) => {
    const options = await fresh(t);
    await (await openStore(options)).close();
    await onServer(spoil, new URL(options.url).pathname.slice(1));
    await assert.rejects(openStore(options), { name: "DatabaseRefused", reason, message });
  });
}

const unreachable: [name: string, change: (url: URL) => unknown, message: RegExp][] = [
  [
    "no such database",
    (url) => Object.assign(url, { pathname: "no_such" }),
    /no such database: the database no_such at .*createdb/,
  ],
  ["no server", (url) => url.searchParams.set("host", "/nowhere"), /no socket for .*GLASSHOUSE_DATABASE_URL/],
  ["no such user", (url) => Object.assign(url, { username: "somebody" }), /somebody/],
];
for (const [name, change, message] of unreachable) {
  onPostgres(`${name}: told what to do, and never the password`, async (t) => {
    const { url, dataDir } = await fresh(t);
    const other = new URL(url);
    other.password = "pa55word";
    change(other);
    await assert.rejects(openStore({ url: other.href, dataDir }), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /pa55word/);
      return true;
    });
  });
}

onPostgres("a copy of a database lets nobody in who could enter the one that it was made from", async (t) => {
  const options = await fresh(t);
  const name = new URL(options.url).pathname.slice(1);
  const signedIn = (store: Store) =>
    Promise.all(
      [...OPEN_WAYS_IN, "api_token" as const].map(async (table) => {
        return [table, (await store.read.selectFrom(table).selectAll().execute()).length];
      }),
    );
  const first = await openStore(options);
  await first.write(async (tx) => {
    const facts = { email: "ada@aldermoor.example", name: "Ada", role: "admin", password: null } as const;
    const member = await createMember(tx, { ...facts, now: 0 });
    const hash = (n: number) => new Uint8Array(32).fill(n);
    await createSession(tx, { member, hash: hash(1), now: 0, endsAt: 9, ip: null, agent: null });
    await saveBegun(tx, { kind: "sso", hash: hash(2), member: null, back: null, endsAt: 9 }, 0);
    const times = { created_at: 0, ends_at: 9 };
    await tx
      .insertInto("invitation")
      .values({ member, kind: "reset", hash: hash(3), ...times })
      .execute();
    const link = { draft_json: "{}", made_by: "Ada", hash: hash(4), connection: null, ...times };
    await tx.insertInto("credential_link").values(link).execute();
    const token = { member, name: "reports", role: "viewer", hash: hash(5), ...times } as const;
    await tx.insertInto("api_token").values(token).execute();
    await tx.insertInto("setting").values({ name: SETUP_CODE, value_json: "{}" }).execute();
    const speaks = {
      channel: "email",
      name: "Ada",
      told: "her address",
      topics_json: "{}",
      heard_json: "{}",
    } as const;
    await tx
      .insertInto("destination")
      .values({ ...speaks, limited: 0, zone: "UTC", hour: 8, is_on: 1, made_at: 0 })
      .execute();
  });
  await first.close();
  const again = await openStore(options);
  const before = await signedIn(again);
  assert.ok(before.every(([, n]) => n === 1));
  await again.close();
  await onServer(`create database ${name}_copy template ${name}`);
  t.after(() => onServer(`drop database ${name}_copy with (force)`));
  const url = new URL(options.url);
  url.pathname = `${name}_copy`;
  // Two processes of the copy begin at once.
  const copies = await Promise.all([1, 2].map(() => openStore({ ...options, url: url.href })));
  const after = await signedIn(copies[0]!);
  assert.deepEqual(after, [...OPEN_WAYS_IN.map((table) => [table, 0]), ["api_token", 1]]);
  const codes = copies[0]!.read.selectFrom("setting").select("name").where("name", "=", SETUP_CODE);
  assert.deepEqual(await codes.execute(), []);
  const speak = await copies[0]!.read.selectFrom("destination").select("is_on").execute();
  assert.deepEqual(speak, [{ is_on: 0 }], "what the one that it was made from tells isn't told twice");
  await Promise.all(copies.map((each) => each.close()));
});

onPostgres(
  "where the planner can't be told of new sizes, that is said, and what was read stays read",
  async (t) => {
    const store = await testStore(t);
    const told: string[] = [];
    const log = { warn: (_: object, text: string) => void told.push(text) };
    const write: Store["write"] = () => Promise.reject(new StoreError("57014", "it took too long"));
    await learnListed({ store: { ...store, write }, log }, "users");
    assert.equal(told.length, 1);
    await learnListed({ store, log }, "users");
    assert.equal(told.length, 1);
  },
);

async function months(store: Store): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relispartition and relkind = 'r' order by 1`.execute(
    store.read,
  );
  return rows.map(({ name }) => name);
}

onPostgres(
  "months of events are there before their first event; those past every retention are dropped",
  async (t) => {
    const options = await fresh(t);
    const store = await openStore(options);
    t.after(() => store.close());
    const [now, next] = [new Date(), new Date()];
    next.setUTCMonth(next.getUTCMonth() + 1, 1);
    const table = (date: Date) => `event_${date.toISOString().slice(0, 7).replace("-", "_")}`;
    const made = await months(store);
    for (const date of [now, next]) assert.ok(made.includes(table(date)), made.join());
    const old = ["2020-01-31T23:59:59Z", "2020-02-01T00:00:00Z", "2020-05-05T00:00:00Z"].map((text) =>
      Date.parse(text),
    );
    await store.write((tx) => makeMonths(tx, old, old[0]!));
    const four = ["event_2019_12", "event_2020_01", "event_2020_02", "event_2020_05"];
    assert.deepEqual((await months(store)).slice(0, 4), four);
    const day = 86_400_000;
    assert.deepEqual(
      await dropPassedMonths(store, Date.parse("2020-03-01T00:00:00Z") + 399 * day),
      four.slice(0, 2),
    );
    await store.write((tx) => makeMonths(tx, old, old[0]!));
    assert.deepEqual(
      await dropPassedMonths(store, Date.parse("2020-03-01T00:00:00Z") + 400 * day),
      four.slice(0, 3),
    );
    assert.ok((await months(store)).includes("event_2020_05"));
    await onServer("drop table event_2020_05", new URL(options.url).pathname.slice(1));
    await store.write(async (tx) => {
      await makeMonths(tx, [old[2]!], old[0]!);
      await sql`insert into event (connection, at, hash, n, performer_type, type, request_type, counts)
        values (1, ${old[2]!}, ${new Uint8Array(16)}, 0, 0, 0, 0, 0)`.execute(tx);
    });
    assert.ok(
      (await months(store)).includes("event_2020_05"),
      "made anew, though another process dropped it",
    );
  },
);
