/**
 * A Kysely dialect over PostgreSQL. The same contract as dialect.ts: columns that end in `_id` leave as exact strings,
 * every other integer as a number or the query fails; flags are 0 and 1, bytes a Uint8Array.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawNode,
} from "kysely";
import pg from "pg";
import { MIGRATED } from "../migrations/all.ts";
import { postgresNode } from "./engine.ts";
import { DatabaseRefused, StoreError } from "./errors.ts";
import { isLost, storeError } from "./postgres-errors.ts";
import { readable, sendable } from "./postgres-values.ts";
import { run, Savepoints } from "./savepoints.ts";
import { Turns } from "./turns.ts";

export interface PostgresOptions {
  /** With its password: never shown. */
  url: string;
  role: "read" | "write" | "migrate";
  connections: number;
}

const CONNECT_WITHIN_MS = 10_000;
const SECOND = 1000;

/**
 * How long a statement may run, wait for another's lock, and a transaction be left alone. Whoever stands still inside a
 * transaction is cut off well within a lease (sync/run-lane.ts); whoever waits for them waits longer than that.
 */
const PATIENCE: Record<PostgresOptions["role"], { statement: number; lock: number; idle: number }> = {
  read: { statement: 60 * SECOND, lock: 30 * SECOND, idle: 10 * SECOND },
  write: { statement: 300 * SECOND, lock: 30 * SECOND, idle: 10 * SECOND },
  // A large installation may have a table rewritten; who starts at the same time waits for the one who migrates.
  migrate: { statement: 0, lock: 0, idle: 0 },
};

export function postgresDialect(options: PostgresOptions): Dialect {
  return {
    createDriver: () => new PoolDriver(options),
    createAdapter: () => new Adapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  };
}

class Adapter extends PostgresAdapter {
  readonly engine = "postgres";
}

class Compiler extends PostgresQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    super.visitRaw(postgresNode(node));
  }
}

class PoolConnection implements DatabaseConnection {
  readonly client: pg.PoolClient;
  readonly #told: string;
  lost = false;

  constructor(client: pg.PoolClient, told: string) {
    this.client = client;
    this.#told = told;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const result = await this.client.query({
        text: sql,
        values: parameters.map(sendable),
        rowMode: "array",
        types: { getTypeParser: () => asItCame },
      });
      const affected = { numAffectedRows: BigInt(result.rowCount ?? 0) };
      return { rows: readable(result.fields, result.rows as (string | null)[][]) as R[], ...affected };
    } catch (error) {
      if (isLost(error)) this.lost = true;
      throw storeError(error, this.#told);
    }
  }

  /** Begins to write, unless a newer version has migrated. @throws DatabaseRefused, having begun nothing */
  async beginToWrite(): Promise<void> {
    try {
      const results = (await this.client.query(BEGIN)) as unknown as pg.QueryResult<{ n: string }>[];
      if (Number(results.at(-1)!.rows[0]!.n) > MIGRATED) throw newer(this.#told);
    } catch (error) {
      await this.client.query("rollback").catch(() => {
        this.lost = true;
      });
      if (isLost(error)) this.lost = true;
      throw error instanceof DatabaseRefused ? error : storeError(error, this.#told);
    }
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; lists are paged by key instead.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("the store doesn't stream: page by key");
  }
}

/** In one go. Whoever migrates has the table for themselves (migrations/all.ts): what is found holds until the end. */
const BEGIN =
  "begin; lock table kysely_migration in row share mode; select count(*) as n from kysely_migration";

const newer = (told: string) =>
  new DatabaseRefused(
    "newer",
    `A newer Glasshouse has brought ${told} up to date while this one ran, which writes nothing there any more. Start the newer ` +
      "version here, too.",
  );

// biome-ignore lint/suspicious/noExplicitAny: the driver's own signature.
const asItCame = (value: any) => value;

class PoolDriver extends Savepoints implements Driver {
  readonly #pool: pg.Pool;
  readonly #told: string;
  readonly #turns: Turns;
  readonly #role: PostgresOptions["role"];

  constructor({ url, role, connections }: PostgresOptions) {
    super();
    this.#told = toldAddress(url);
    this.#turns = new Turns(connections);
    this.#role = role;
    const { statement, lock, idle } = PATIENCE[role];
    this.#pool = new pg.Pool({
      connectionString: url,
      max: connections,
      application_name: "glasshouse",
      fallback_application_name: "glasshouse",
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      idleTimeoutMillis: 60 * SECOND,
      // Unused connections don't keep a command from ending.
      allowExitOnIdle: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10 * SECOND,
      // Where the server's machine has vanished nothing of it ends a statement: this does.
      ...(statement > 0 ? { query_timeout: statement + 15 * SECOND } : {}),
      // After a failover none stays with who was the primary.
      maxLifetimeSeconds: 30 * 60,
      onConnect: async (client) => {
        await client.query(
          `set statement_timeout = ${statement}; set lock_timeout = ${lock};
           set idle_in_transaction_session_timeout = ${idle}; set jit = off;
           set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 6;
           set default_transaction_isolation = 'read committed'; set bytea_output = 'hex';
           set default_transaction_read_only = ${role === "read" ? "on" : "off"}`,
        );
      },
    });
    // A connection that is lost while nobody uses it is replaced with the next question, which tells what is wrong.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  async init(): Promise<void> {}

  /** While all are lent, one that is given back is waited for; the server, no longer than CONNECT_WITHIN_MS. */
  async acquireConnection(): Promise<PoolConnection> {
    await this.#turns.take();
    try {
      return new PoolConnection(await this.#pool.connect(), this.#told);
    } catch (error) {
      const told = storeError(error, this.#told);
      // Each in line would wait as long, one after the other, to be told the same.
      if (told instanceof StoreError && told.code === "ETIMEDOUT") this.#turns.refuse(told);
      this.#turns.giveBack();
      throw told;
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { client, lost } = connection as PoolConnection;
    client.release(lost);
    this.#turns.giveBack();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#role === "write") await (connection as PoolConnection).beginToWrite();
    else await run(connection, "begin");
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await run(connection, "commit");
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // What can't be rolled back was lost with its connection, and the database has rolled it back.
    await run(connection, "rollback").catch(() => {
      (connection as PoolConnection).lost = true;
    });
  }

  async destroy(): Promise<void> {
    if (!this.#pool.ended) await this.#pool.end();
  }
}

/** Where the database is, without its password: for messages. */
export function toldAddress(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? (hostname || "this machine");
  const at = host.startsWith("/") ? host : `${host}:${port || "5432"}`;
  return `the database ${decodeURIComponent(pathname.slice(1)) || "(no name)"} at ${at}`;
}
