/** What every resource's contract is made of. */
import { z } from "zod";
import type { Needs } from "../../model/member.ts";
import { ERROR_CODES, type ErrorCode } from "../errors.ts";

/** ISO-8601 in UTC with milliseconds. */
export const Time = z.iso.datetime().describe("ISO-8601 in UTC");
/** Greenhouse's 64-bit ids: exact strings. */
export const Id = z.string().regex(/^\d{1,19}$/, "an id is a number of at most 19 digits");
/** A day in the connection's time zone. */
export const Day = z.iso.date();

export const STATUSES = ["active", "deactivated", "missing"] as const;
export const LEVELS = ["site_admin", "job_admin", "basic", "unknown"] as const;
/** How much of a day was read. */
export const Covered = z.enum(["all", "part", "none"]);

const TIME_ASKED = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
/** A time asked for: a date, which begins at midnight UTC, or a time with its zone. Parsed to ms since the epoch. */
export const TimeAsked = z
  .string()
  // Date.parse takes 30 February for 2 March.
  .refine(
    (text) =>
      TIME_ASKED.test(text) && Day.safeParse(text.slice(0, 10)).success && !Number.isNaN(Date.parse(text)),
    {
      error: "give a date (2026-11-23) or a time with its zone (2026-11-23T09:02Z)",
    },
  )
  .transform((text) => Date.parse(text));

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      cure: z.string().optional(),
    }),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.output<typeof ErrorBody>;

/** What a query string can say of yes and no. */
export const Flag = z
  .union([z.boolean(), z.enum(["true", "false"])])
  .transform((value) => value === true || value === "true");

/** A query parameter that may be given once, several times, or with commas between. */
export function anyOf<T extends z.ZodType<unknown, string>>(item: T) {
  return z.preprocess(
    (value) =>
      value === undefined
        ? undefined
        : (Array.isArray(value) ? value : [value]).flatMap((v) => String(v).split(",")),
    z.array(item).max(100).optional(),
  );
}

export const MAX_PAGE = 1000;
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100).describe("rows a page"),
  cursor: z.string().max(2000).optional().describe("`nextCursor` of the page before"),
});

/** `name` null: Greenhouse's list doesn't have it, or gives it no name. */
export const Named = z.object({ id: z.string(), name: z.string().nullable() });

export const Span = z.object({ from: Time, to: Time });

const Listing = z.object({ run: z.number(), completedAt: Time, complete: z.literal(true) }).nullable();

/** Where a list comes from: source, completeness, coverage. The foot of every table and export. */
export const Stamp = z
  .object({
    connection: z.string(),
    listing: Listing.describe("the complete listing the answer rests on; null: none yet"),
    grantsListing: Listing.describe("the last complete listing of grants; null: never"),
    coverage: z.array(Span).describe("spans for which use has been read completely"),
    holes: z.array(Span.extend({ cause: z.string() })),
    sentence: z.string().describe("what Greenhouse doesn't tell"),
    asOf: Time.nullable(),
    at: Time,
    sample: z.boolean().describe("true: a made-up organization; nobody in it exists"),
  })
  .meta({ id: "Stamp" });
export type Stamp = z.output<typeof Stamp>;

export function listed<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.number().nullable().describe("rows of the whole filter; null: not counted"),
    stamp: Stamp,
  });
}
/** A list that is read from our own records alone, and needs no stamp. */
export function plainList<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export const ConnectionParams = z.object({
  c: z.string().min(1).max(200).describe("a connection's name or id"),
});

/** Instead of JSON: bytes with a name. */
export interface FileAnswer {
  name: string;
  type: string;
  body: AsyncIterable<Uint8Array | string>;
}
export const FileAnswer = z.custom<FileAnswer>();

export interface Endpoint {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below /api/v1, parameters as {name}. */
  path: string;
  summary: string;
  /** The heading it stands under in the reference. */
  group: string;
  /** The least role that may; `nobody`: before sign-in too; `machine`: over the socket only. */
  needs: Needs;
  /** `session`: for people who have signed in. `person`: for them, and over the socket; neither for API tokens. */
  by?: "session" | "person";
  /** Answers before there is an admin. */
  beforeClaim?: true;
  /** Answers whoever a password has let in alone, where everybody needs a second factor. */
  beforeSecondFactor?: true;
  /** Leaves a row in our audit trail; left out: whatever isn't GET does. */
  trail?: boolean;
  /** The field of the body, never a secret one, that the trail names. */
  target?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Bytes of the body, where it may be larger than others. */
  bodyLimit?: number;
  answer: z.ZodType;
  status?: 200 | 201 | 202;
  /** Where the client accepts `text/event-stream`: the events it then gets instead of the answer. */
  stream?: z.ZodType;
  /** The answer is a file (FileAnswer) of one of these types. */
  file?: readonly string[];
  errors: readonly ErrorCode[];
}

/** Keeps the exact types of an endpoint's schemas. */
export function endpoint<const E extends Endpoint>(e: E): E {
  return e;
}
