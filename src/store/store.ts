import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.ts";

/** Either a reader or an open transaction: what query functions of this folder take first. */
export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface Store {
  /** The database file. */
  readonly file: string;
  /** Read-only connections in threads of their own: many readers, never blocked by the writer. */
  readonly read: Db;
  /** One transaction on the one writer; rolled back when `work` throws. Never await the network inside. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
