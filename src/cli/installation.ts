/** What the command line asks of the program around it; src/installation.ts answers. */
import type { Config } from "../config.ts";
import type { Transport } from "./transport.ts";

export interface OpenOptions {
  config: Config;
  /** `serve`, `sync`, …: what other commands are told of this process. */
  command: string;
  /** `own`: only ownership of the data directory will do. */
  need: "any" | "own";
  /** Run lanes when they are due; otherwise only what is asked for. `later`: from `schedule()` on. */
  scheduled: boolean | "later";
  /** Marks the data directory for good: what is in it is made up. */
  sample?: boolean;
  /** Where waiting and the log are told. */
  err: NodeJS.WritableStream;
}

/** Whoever answers: a remote server, the owner of the data directory, or this very process. */
export interface Installation {
  transport: Transport;
  /** null: somebody else's. */
  own: {
    /** Where the data is, without a password. */
    place: string;
    /** From now on lanes run when they are due. */
    schedule(): void;
    /** Opens the HTTP port. */
    serve(): Promise<{ url: string }>;
  } | null;
  /** Ends runs at a safe point, lets open answers end, and gives the installation back. */
  close(): Promise<void>;
}

/** A worker that runs beside others on a shared database. */
export interface Working {
  /** Where it tells its health; null: nowhere. */
  url: string | null;
  /** When it may not go on, and why. */
  refused: Promise<Error>;
  /** Ends runs at a safe point: other workers go on with them. */
  close(): Promise<void>;
}

export interface Program {
  version: string;
  /** Script of the simulator, run as a program of its own. */
  simulator: string;
  open(options: OpenOptions): Promise<Installation>;
  /** Syncs what is due, and nothing else. */
  work(options: Pick<OpenOptions, "config" | "err">): Promise<Working>;
  /** Puts a backup in the place of an installation that nobody has open. */
  restore(options: { file: string; dataDir: string; overwrite: boolean }): Promise<void>;
  /** Of a directory that the caller owns. */
  move(options: {
    dataDir: string;
    url: string;
    onTable: (name: string) => void;
  }): Promise<{ tables: number; rows: number; kept: string }>;
}
