/** A Kysely dialect over SQLite connections that live in threads (worker.ts). */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { run, Savepoints } from "./savepoints.ts";
import { Thread } from "./thread.ts";
import type { Role } from "./worker.ts";

/** Parameters of a statement that runs once for each row; see bulk.ts. */
export class Rows {
  readonly rows: readonly (readonly unknown[])[];

  constructor(rows: readonly (readonly unknown[])[]) {
    this.rows = rows;
  }
}

export interface DialectOptions {
  file: string;
  role: Role;
  threads: number;
}

/** `write`: one thread, its connection lent to one transaction at a time. `read`: several, each lent to one query. */
export function sqliteDialect(options: DialectOptions): Dialect {
  return {
    createDriver: () => new ThreadDriver(options),
    createAdapter: () => new Adapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class Adapter extends SqliteAdapter {
  readonly engine = "sqlite";

  override get supportsMultipleConnections(): boolean {
    return true;
  }
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly thread: Thread;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const batch = parameters[0];
    const answer =
      batch instanceof Rows
        ? await this.thread.many(sql, batch.rows)
        : await this.thread.query(sql, parameters);
    const { columns, rows, changes, insertId } = answer;
    if (columns === null) {
      return { rows: [], numAffectedRows: BigInt(changes), ...(insertId === null ? {} : { insertId }) };
    }
    return { rows: rows.map((row) => asObject(columns, row) as R), numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; lists are paged by key instead.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("the store doesn't stream: page by key");
  }
}

function asObject(columns: string[], row: unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) object[columns[i]!] = row[i];
  return object;
}

class ThreadDriver extends Savepoints implements Driver {
  readonly #options: DialectOptions;
  readonly #free: ThreadConnection[] = [];
  readonly #queue: ((connection: ThreadConnection) => void)[] = [];
  readonly #all = new Set<ThreadConnection>();
  #closed = false;

  constructor(options: DialectOptions) {
    super();
    this.#options = options;
  }

  async init(): Promise<void> {
    this.#free.push(this.#start());
  }

  acquireConnection(): Promise<ThreadConnection> {
    const free = this.#free.pop();
    if (free) return Promise.resolve(this.#alive(free));
    if (this.#all.size < this.#options.threads) return Promise.resolve(this.#start());
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const alive = this.#alive(connection as ThreadConnection);
    const next = this.#queue.shift();
    if (next) next(alive);
    else this.#free.push(alive);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await run(connection, this.#options.role === "write" ? "begin immediate" : "begin");
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await run(connection, "commit");
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // A full disk and the like make SQLite roll back by itself; then there is nothing left to roll back.
    await run(connection, "rollback").catch(() => {});
  }

  async destroy(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((connection) => connection.thread.close()));
    this.#all.clear();
  }

  /** A thread that died (out of memory) is replaced; whoever held it has had the error. */
  #alive(connection: ThreadConnection): ThreadConnection {
    if (!connection.thread.dead || this.#closed) return connection;
    this.#all.delete(connection);
    return this.#start();
  }

  #start(): ThreadConnection {
    const connection = new ThreadConnection(new Thread(this.#options.file, this.#options.role));
    this.#all.add(connection);
    return connection;
  }
}
