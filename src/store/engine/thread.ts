import { Worker } from "node:worker_threads";
import { explain, StoreError } from "./errors.ts";
import type { Param, Reply, Request, Role, WorkerSetup } from "./worker.ts";

export interface Answer {
  columns: string[] | null;
  rows: unknown[][];
  changes: number;
  insertId: bigint | null;
}

/** `Omit` over each member of the union. */
type Unnumbered = Request extends infer R ? (R extends [number, ...infer Rest] ? Rest : never) : never;

/** As bin/launch.mjs gives the main thread: its flags win over these, which count where it didn't start the process. */
const HEAP = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 12 };

/** Where threads come from, and where they go once their file is closed. */
export const threads = {
  start: (role: Role): Worker =>
    new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { role } satisfies WorkerSetup,
      execArgv: [],
      resourceLimits: HEAP,
    }),
  end: async (worker: Worker, _role: Role): Promise<void> => void (await worker.terminate()),
};

/** The main thread's end of one worker. Requests are answered in the order in which they were asked. */
export class Thread {
  readonly #worker: Worker;
  readonly #role: Role;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  #next = 1;
  #dead: Error | null = null;

  constructor(file: string, role: Role) {
    this.#role = role;
    this.#worker = threads.start(role);
    this.#worker.on("message", (reply: Reply) => this.#settle(reply));
    this.#worker.on("error", (error) => this.#die(error as Error));
    this.#worker.on("exit", () => this.#die(new Error("its thread has ended")));
    this.#worker.unref();
    this.#worker.postMessage([0, "file", file] satisfies Request);
  }

  get dead(): boolean {
    return this.#dead !== null;
  }

  query(sql: string, params: readonly unknown[]): Promise<Answer> {
    return this.#ask(["query", sql, params.map(asParam)]);
  }

  many(sql: string, rows: readonly (readonly unknown[])[]): Promise<Answer> {
    return this.#ask(["many", sql, rows.map((row) => row.map(asParam))]);
  }

  async close(): Promise<void> {
    if (this.#dead) return;
    const closed = this.#ask(["close"]);
    this.#dead = gone(new Error("it was closed"));
    const well = await closed.then(
      () => true,
      () => false,
    );
    await (well ? threads.end(this.#worker, this.#role) : this.#worker.terminate());
  }

  #ask(request: Unnumbered): Promise<Answer> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      // The thread keeps the process alive only while somebody waits for it.
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage([id, ...request]);
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply[0]);
    this.#waiting.delete(reply[0]);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (!waiting) return;
    if (reply[1])
      waiting.resolve({ columns: reply[2], rows: reply[3], changes: reply[4], insertId: reply[5] });
    else waiting.reject(new StoreError(reply[2], explain(reply[2], reply[3])));
  }

  #die(cause: Error): void {
    this.#dead ??= gone(cause);
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

function gone(cause: Error): StoreError {
  return new StoreError("STORE_CLOSED", `The store's connection is gone: ${cause.message}`, { cause });
}

function asParam(value: unknown): Param {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
    case "boolean":
      return value;
    case "undefined":
      return null;
  }
  if (value === null) return null;
  if (value instanceof Uint8Array) {
    // A small Buffer is a view of a pool, which would travel whole.
    return value.byteLength === value.buffer.byteLength ? value : new Uint8Array(value);
  }
  throw new TypeError(`the store can't keep a ${Object.prototype.toString.call(value)}`);
}
