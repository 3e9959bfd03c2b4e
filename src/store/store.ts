import type { Kysely, Transaction } from "kysely";
import type { Engine } from "./engine/engine.ts";
import type { Schema } from "./schema.ts";

/** Either a reader or an open transaction: what query functions of this folder take first. */
export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface Store {
  readonly engine: Engine;
  /** Which database, for messages: its file, or its name and host. Never a password. */
  readonly place: string;
  /** Where this machine keeps what no database may hold: the key, a setup code. */
  readonly dataDir: string;
  /** Read-only connections, never blocked by who writes. */
  readonly read: Db;
  /**
   * One transaction; rolled back when `work` throws. Never await the network inside. SQLite runs one after the other;
   * PostgreSQL several at once, of any process: what is read to be written takes a lock first (engine.ts). Where two of
   * them stand in each other's way (a deadlock), `work` is done once more: it changes nothing but the database.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One transaction that keeps something from lapsing: a lease, a sign of life. It is short and waits for nobody. On PostgreSQL it
   * has connections of its own: those who wait for another's long transaction may hold all others.
   */
  renew<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
