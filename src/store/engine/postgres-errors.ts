/** What PostgreSQL, or the way to it, refuses: said with what to do, and never with the password. */
import { StoreError } from "./errors.ts";

interface DriverError {
  code?: unknown;
  message?: unknown;
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or the operating system's code. */
const CURES: Record<string, (told: string) => string> = {
  ECONNREFUSED: (told) =>
    `Nothing answers for ${told}. Start PostgreSQL, or correct GLASSHOUSE_DATABASE_URL.`,
  ENOENT: (told) => `There is no socket for ${told}. Start PostgreSQL, or correct GLASSHOUSE_DATABASE_URL.`,
  EACCES: (told) => `The socket for ${told} may not be used by this user. Ask for the right, or use TCP.`,
  ENOTFOUND: (told) => `There is no host for ${told}. Correct GLASSHOUSE_DATABASE_URL.`,
  EAI_AGAIN: (told) => `The name of the host can't be looked up for ${told}. Check this machine's DNS.`,
  ETIMEDOUT: (told) => `Nothing answers in time for ${told}. Check the network and its firewalls.`,
  EHOSTUNREACH: (told) => `There is no way to ${told}. Check the network.`,
  ECONNRESET: (told) => `The connection to ${told} was cut. It is made anew with the next try.`,
  EPIPE: (told) => `The connection to ${told} was cut. It is made anew with the next try.`,
  "28P01": (told) => `User or password is refused by ${told}. Correct them in GLASSHOUSE_DATABASE_URL.`,
  "28000": (told) =>
    `This user may not connect to ${told}. Check its pg_hba.conf, and whether it wants TLS (sslmode).`,
  "3D000": (told) =>
    `There is no such database: ${told}. Make it (createdb), or correct GLASSHOUSE_DATABASE_URL.`,
  "42501": (told) => `The user lacks a right in ${told}. Make it the owner of the database.`,
  "53300": (told) =>
    `No connection is free at ${told}. Raise its max_connections: each process takes up to 14.`,
  "53100": (told) => `The disk is full at ${told}. Free some space; everything stored so far is safe.`,
  "57P01": (told) =>
    `The connection to ${told} was ended by its administrator. It is made anew with the next try.`,
  "57P03": (told) => `Starting or stopping: ${told}. Try again in a moment.`,
  "25P03": (told) => `A transaction was left alone for too long, and ended, by ${told}.`,
  "25006": (told) =>
    `Nothing can be written to ${told}: it is read-only, perhaps a replica. Name the primary.`,
  "57014": (told) => `A statement took too long, and was ended, by ${told}.`,
  "40P01": (told) => `Transactions stood in each other's way again and again in ${told}. Try again.`,
  "40001": (told) => `Transactions stood in each other's way again and again in ${told}. Try again.`,
  "55P03": (told) => `Another transaction kept what was wanted for too long in ${told}.`,
};

/** Codes after which the connection can't be used; to who is no primary any more none should stay. */
const LOST = /^(?:08|57P|25P03|25006|ECONN|EPIPE|ETIMEDOUT)/;

export function isLost(error: unknown): boolean {
  const { code, message } = error as DriverError;
  return typeof code === "string"
    ? LOST.test(code)
    : /terminated|not queryable|read timeout/i.test(String(message));
}

/** A value that PostgreSQL can't read stands in its message: it may be of a person. */
function withoutValues(message: string): string {
  return message.replace(/: ".*$/s, "");
}

/** @param told the database as messages name it, without its password */
export function storeError(error: unknown, told: string): Error {
  if (error instanceof StoreError || error instanceof TypeError) return error;
  const { code, message } = error as DriverError;
  // Node tries each address of a name, and tells of all.
  const first = error instanceof AggregateError ? (error.errors[0] as DriverError) : null;
  const known = [code, first?.code].find((each) => typeof each === "string") as string | undefined;
  if (known === undefined) {
    const timeout = /timeout/i.test(String(message));
    const text = timeout ? CURES.ETIMEDOUT!(told) : `The connection to ${told} is gone: ${String(message)}`;
    return new StoreError(timeout ? "ETIMEDOUT" : "STORE_CLOSED", text);
  }
  const cure = CURES[known]?.(told);
  const said = withoutValues(String(first?.message ?? message));
  return new StoreError(known, cure ? `${cure} (${said})` : said);
}
