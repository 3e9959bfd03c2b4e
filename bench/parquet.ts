/** What a cold month of events would take as a file of Parquet. Glasshouse writes none: docs/growth.md plans with it. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Store } from "../src/store/store.ts";

const EVENTS = 50_000;

/** Bytes for each event, columns as the store has them, compressed as the format does by default (Snappy). */
export async function parquetBytes(store: Store): Promise<number> {
  const rows = await store.read
    .selectFrom("event")
    .selectAll()
    .orderBy("connection")
    .orderBy("at", "desc")
    .limit(EVENTS)
    .execute();
  rows.reverse();
  const whole = (pick: (row: (typeof rows)[number]) => number | string | null) => {
    return rows.map((row) => {
      const value = pick(row);
      return value === null ? null : BigInt(value);
    });
  };
  const file = parquetWriteBuffer({
    columnData: [
      { name: "at", data: whole(({ at }) => at), type: "INT64" },
      { name: "hash", data: rows.map(({ hash }) => Buffer.from(hash)), type: "BYTE_ARRAY" },
      { name: "n", data: rows.map(({ n }) => n), type: "INT32" },
      { name: "user_id", data: whole(({ user_id }) => user_id), type: "INT64" },
      { name: "performer_type", data: rows.map((row) => row.performer_type), type: "INT32" },
      { name: "type", data: rows.map((row) => row.type), type: "INT32" },
      { name: "request_type", data: rows.map((row) => row.request_type), type: "INT32" },
      { name: "request", data: rows.map((row) => row.request), type: "STRING" },
      { name: "target_type", data: rows.map((row) => row.target_type), type: "INT32" },
      { name: "target", data: rows.map((row) => row.target), type: "STRING" },
      { name: "ip", data: rows.map((row) => row.ip), type: "STRING" },
      { name: "counts", data: rows.map((row) => row.counts), type: "INT32" },
    ],
  });
  return file.byteLength / rows.length;
}
