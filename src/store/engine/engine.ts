/**
 * What SQLite and PostgreSQL say differently, once each. Everything else of this folder is SQL that both understand;
 * bulk.ts has statements over many rows, months.ts the partitions, ddl.ts the words of migrations.
 */
import { type OperationNode, type RawBuilder, type RawNode, sql } from "kysely";
import type { Db, Tx } from "../store.ts";

export type Engine = "sqlite" | "postgres";

type Fragment = RawBuilder<unknown>;

/** How PostgreSQL's compiler (postgres-dialect.ts) says a node that SQLite's compiler takes as it stands. */
const POSTGRES = new WeakMap<OperationNode, OperationNode>();

export function postgresNode(node: RawNode): RawNode {
  return (POSTGRES.get(node) as RawNode | undefined) ?? node;
}

/** A fragment that each engine's compiler takes its own side of. */
export function perEngine<T = unknown>(sides: Record<Engine, Fragment>): RawBuilder<T> {
  const node = sides.sqlite.toOperationNode();
  POSTGRES.set(node, sides.postgres.toOperationNode());
  return sql<T>`${{ toOperationNode: () => node }}`;
}

/** The engine that a reader or transaction runs on. */
export function engineOf(db: Db | Tx): Engine {
  return (db.getExecutor().adapter as unknown as { engine: Engine }).engine;
}

// --- bytes and JSON

/** Bytes as hexadecimal text. */
export const hexOf = (bytes: Fragment): RawBuilder<string> =>
  perEngine({ sqlite: sql`lower(hex(${bytes}))`, postgres: sql`encode(${bytes}, 'hex')` });

/** The bytes of a hexadecimal text. */
export const bytesOf = (hex: string): RawBuilder<Uint8Array> =>
  perEngine({ sqlite: sql`unhex(${hex})`, postgres: sql`decode(${hex}, 'hex')` });

/** A field of a JSON text, as text; null where it is missing or null. */
export const jsonField = (json: Fragment, field: string): RawBuilder<string | null> =>
  perEngine({
    sqlite: sql`json_extract(${json}, ${sql.lit(`$.${field}`)})`,
    postgres: sql`(cast(${json} as json) ->> ${sql.lit(field)})`,
  });

/** Is a field of a JSON text true? null where it is missing. */
export const jsonIsTrue = (json: Fragment, field: string): RawBuilder<boolean> =>
  perEngine({
    sqlite: sql`json_extract(${json}, ${sql.lit(`$.${field}`)}) = 1`,
    postgres: sql`(cast(${json} as json) ->> ${sql.lit(field)}) = 'true'`,
  });

/** The members of a JSON list of texts, one row each, in the column `value`: for `from t, ${jsonMembers(t.list)} m`. */
export const jsonMembers = (json: Fragment): Fragment =>
  perEngine({
    sqlite: sql`json_each(${json})`,
    postgres: sql`json_array_elements_text(cast(${json} as json))`,
  });

/** All values of a column of numbers as one JSON text. */
export const jsonListOf = (column: Fragment): RawBuilder<string> =>
  perEngine({
    sqlite: sql`json_group_array(${column})`,
    postgres: sql`coalesce(cast(json_agg(${column}) as text), '[]')`,
  });

/** A text as `like` compares it with one in small letters: SQLite's knows no case of ASCII letters. */
export const anyCase = (text: Fragment): Fragment =>
  perEngine({ sqlite: sql`${text}`, postgres: sql`lower(${text})` });

// --- joins

/** A join whose left side comes first: SQLite keeps the order of a cross join, PostgreSQL finds it by cost. */
export const joinInOrder: Fragment = perEngine({ sqlite: sql`cross join`, postgres: sql`join` });

// --- several writers

/** Namespaces of our advisory locks: the first of their two numbers. */
const LOCKS = { connection: 0x474c01, installation: 0x474c02 } as const;

/**
 * One transaction at a time writes to a connection: call it first. SQLite has one writer anyway; on PostgreSQL others,
 * of any process, wait here until this transaction has ended.
 */
export async function lockConnection(tx: Tx, connection: number): Promise<void> {
  await lock(tx, "connection", connection);
}

/** What belongs to no connection, and is read before it is written: one transaction at a time. A mere reader waits for none. */
export async function lockInstallation(db: Db | Tx, what: keyof typeof INSTALLATION): Promise<void> {
  if (db.isTransaction) await lock(db, "installation", INSTALLATION[what]);
}
const INSTALLATION = {
  connections: 1,
  members: 2,
  attempts: 3,
  words: 4,
  months: 5,
  key: 6,
  employees: 7,
  alerts: 8,
} as const;

async function lock(tx: Db | Tx, space: keyof typeof LOCKS, key: number): Promise<void> {
  if (engineOf(tx) === "sqlite") return;
  await sql`select pg_advisory_xact_lock(${LOCKS[space]}, ${key})`.execute(tx);
}

/**
 * The time by which leases are judged: of several machines only the database's clock is the same for all. SQLite's only
 * process has its own, which is given.
 */
export const leaseClock = (now: number): RawBuilder<number> =>
  perEngine({
    sqlite: sql`cast(${now} as bigint)`,
    postgres: sql`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  });

/** The end of a lease that is still held, from now on; SQLite's only process renews its leases by itself. */
export const renewedLease = (until: Fragment, leaseMs: number): RawBuilder<number | null> =>
  perEngine({
    sqlite: sql`${until}`,
    postgres: sql`case when ${until} is not null then ${leaseClock(0)} + ${leaseMs} end`,
  });

/** Rows that another transaction is at work on are passed over, not waited for: the end of a `select`. */
export const skipLocked = (table: string): Fragment =>
  perEngine({ sqlite: sql``, postgres: sql`for update of ${sql.ref(table)} skip locked` });

/** After a deletion: SQLite's file shrinks by some pages; PostgreSQL's autovacuum does that by itself. */
export async function giveSpaceBack(tx: Tx, pages: number): Promise<void> {
  if (engineOf(tx) === "sqlite") await sql.raw(`pragma incremental_vacuum(${pages})`).execute(tx);
}
