/** Bare inserts of events: the same table as Glasshouse makes it, and nothing around it. */
import Database from "better-sqlite3";
import type { EventRecord } from "../src/model/records.ts";
import { insertRows } from "../src/store/engine/bulk.ts";
import { databaseFile, databaseOf, openStore } from "../src/store/open.ts";
import { makeMonths } from "../src/store/usage/months.ts";
import type { Place } from "./place.ts";

export interface Bare {
  store(batch: readonly EventRecord[]): Promise<void>;
  close(): Promise<void>;
}

export async function openBare(place: Place): Promise<Bare> {
  await (await openStore(databaseOf(place))).close();
  return place.databaseUrl === null ? intoFile(place.dataDir) : intoServer(place);
}

function intoFile(dataDir: string): Bare {
  const file = databaseFile(dataDir);
  const database = new Database(file);
  // As src/store/engine/worker.ts opens its writer.
  for (const pragma of [
    "journal_mode = wal",
    "synchronous = full",
    "wal_autocheckpoint = 16000",
    "journal_size_limit = 67108864",
    "cache_size = -32768",
    "mmap_size = 0",
    "temp_store = file",
  ])
    database.pragma(pragma);
  const insert = database.prepare(
    `insert into event (connection, at, hash, n, performer_type, user_id, performer, type, request_type, request,
       target_type, target, ip, meta_json, counts) values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
  );
  const cells = cellsOf();
  const store = database.transaction((rows: unknown[][]) => {
    for (const row of rows) insert.run(...row);
  });
  return {
    async store(batch) {
      store(batch.map(cells));
    },
    async close() {
      database.close();
    },
  };
}

/** One statement over a batch: the fastest way in that a transaction has beside COPY. */
async function intoServer(place: Place): Promise<Bare> {
  const store = await openStore(databaseOf(place));
  const cells = cellsOf();
  const months = new Set<string>();
  return {
    async store(batch) {
      const rows = batch.map((record) => [1, ...cells(record)]);
      const times = batch.map(({ at }) => at).filter((at) => !months.has(monthOf(at)));
      await store.write(async (tx) => {
        if (times.length > 0) await makeMonths(tx, times, Date.now());
        await insertRows(tx, "event", COLUMNS, rows, "do nothing");
      });
      for (const at of times) months.add(monthOf(at));
    },
    close: () => store.close(),
  };
}

const monthOf = (at: number) => new Date(at).toISOString().slice(0, 7);
const COLUMNS =
  "connection at hash n performer_type user_id performer type request_type request target_type target ip meta_json counts".split(
    " ",
  );

/** In the order of COLUMNS, without the connection. */
function cellsOf(): (event: EventRecord) => unknown[] {
  const words = new Map<string | null, number | null>([[null, null]]);
  const word = (text: string | null) => {
    if (!words.has(text)) words.set(text, words.size);
    return words.get(text)!;
  };
  return (event) => [
    event.at,
    Buffer.from(event.hash, "hex"),
    event.n,
    word(event.performerType),
    event.performerType === "user" ? Number(event.performerId) : null,
    event.performerType === "user" ? null : event.performerId,
    word(event.type),
    word(event.requestType),
    event.requestId,
    word(event.targetType),
    event.targetId,
    event.ip,
    event.meta && JSON.stringify(event.meta),
    event.performerType === "user" ? 1 : 0,
  ];
}
