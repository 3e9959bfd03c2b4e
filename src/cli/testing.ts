/** For tests: the command line in this process, with a terminal that remembers. */
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import type { Handlers } from "../api/handler.ts";
import type { Services } from "../api/services.ts";
import { fakeServices, NOW } from "../api/testing.ts";
import { type Builder, openInstallation } from "../installation.ts";
import { databaseFile, openStore } from "../store/open.ts";
import type { Program } from "./installation.ts";
import { runCommandLine } from "./main.ts";
import { goOnWithout, type Terminal } from "./terminal.ts";

class Memory extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += chunk.toString("utf8");
    done();
  }
}

/** A pipe whose reader goes after the first thing written. */
class Head extends Memory {
  constructor() {
    super({ autoDestroy: false });
    goOnWithout(this);
  }
  override _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void {
    if (this.text === "") super._write(chunk, encoding, done);
    else done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  }
}

export interface Ran {
  exit: number;
  out: string;
  err: string;
}

export interface RunOptions {
  dataDir: string;
  handlers?: Partial<Handlers>;
  services?: Partial<Services>;
  /** null: piped. */
  columns?: number | null;
  color?: boolean;
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  /** Somebody sits there, and types what `stdin` holds. */
  typed?: boolean;
  program?: Partial<Program>;
  /** The reader of standard output goes after its first line, as `| head -1` does. */
  head?: boolean;
  /** The server's clock; the machine's unless told. */
  now?: () => number;
  /** Set to call Ctrl-C. */
  interrupts?: (() => void)[];
}

/** Runs one command over a real store and handlers that a test gives. */
export async function run(argv: string[], options: RunOptions): Promise<Ran> {
  const [out, err] = [options.head ? new Head() : new Memory(), new Memory()];
  const input = new PassThrough();
  input.end(options.stdin ?? "");
  if (options.typed) Object.assign(input, { isTTY: true });
  const terminal: Terminal = {
    out,
    err,
    in: input,
    env: { GLASSHOUSE_DATA_DIR: options.dataDir, ...options.env },
    columns: options.columns ?? null,
    live: false,
    color: options.color ?? false,
    cwd: options.dataDir,
    now: () => NOW,
    onInterrupt(callback) {
      options.interrupts?.push(callback);
      return () => {};
    },
  };
  const exit = await runCommandLine(argv, { ...testProgram(options), ...options.program }, terminal);
  return { exit, out: out.text, err: err.text };
}

const missing = new Proxy(
  {},
  {
    get: () => async () => {
      throw new Error("this test does not expect that call");
    },
  },
) as Handlers;

function testProgram({ dataDir, handlers = {}, services = {}, now }: RunOptions): Program {
  const builder: Builder = {
    version: "0.0.0-test",
    consoleDir: join(dataDir, "no-console"),
    handlers: new Proxy(missing, {
      get: (_, name) => handlers[name as keyof Handlers] ?? missing[name as keyof Handlers],
    }),
    async build({ dataDir }) {
      const store = await openStore({ file: databaseFile(dataDir), readers: 1 });
      return {
        services: fakeServices(store, services),
        now: now ?? Date.now,
        schedule: () => {},
        stop: async () => {},
        close: () => store.close(),
      };
    },
  };
  return {
    version: builder.version,
    simulator: "simulator/main.ts",
    open: (options) => openInstallation(builder, options),
    async work() {
      throw new Error("this test does not expect a worker");
    },
    async restore() {
      throw new Error("this test does not expect a restore");
    },
    async move() {
      throw new Error("this test does not expect a move");
    },
  };
}
