/** A year of hourly listings, quarter-hourly usage runs, and the changes between them. */
import { LANES, type Lane, LIST_STREAMS } from "../src/model/stream.ts";
import { DAY_MS, grantId, HOUR_MS, jobId, userId, type Writer, YEAR_DAYS } from "./company-writer.ts";
import { SYNCED } from "./server.ts";

const QUARTER_MS = 15 * 60_000;
const HOURS = YEAR_DAYS * 24;

interface Run {
  run: number;
  lane: Lane;
  from: number;
  hour: number;
}

/** Returns how many runs there were. */
export async function history(writer: Writer, users: number, changes: number): Promise<number> {
  const begin = writer.now - YEAR_DAYS * DAY_MS;
  const { connection } = writer;
  const many = await writer.rows(
    "run",
    "run connection lane trigger_ started_at ended_at outcome requests waited_ms throttled".split(" "),
    map(runs(begin), ({ run, lane, from }) => {
      return [run, connection, lane, "schedule", from, from + 60_000, "complete", 10, 0, 0];
    }),
    { whole: true },
  );
  await writer.rows(
    "step",
    "run stream outcome started_at ended_at rows added changed removed unreadable_json requests waited_ms".split(
      " ",
    ),
    flatMap(runs(begin), ({ run, lane, from }) =>
      LANES[lane].map((stream) => [run, stream, "complete", from, from + 60_000, 10, 0, 0, 0, "[]", 1, 0]),
    ),
    { whole: true },
  );
  // Listings and changes are numbered together: both come from one walk over the year.
  const walk = (what: "listing" | "change") => ledger(writer, begin, users, changes, what);
  await writer.rows(
    "listing",
    ["stream", "seq", "run", "started_at", "ended_at", "rows", "viewer_version"],
    walk("listing"),
  );
  await writer.rows(
    "change",
    "seq stream kind row_id user_id before_json after_json run after_at seen_at".split(" "),
    walk("change"),
  );
  return many;
}

function* runs(begin: number): Generator<Run> {
  let run = 0;
  for (let hour = 0; hour <= HOURS; hour += 1) {
    for (const lane of SYNCED) {
      for (let quarter = 0; quarter < (lane === "usage" ? 4 : 1); quarter += 1) {
        run += 1;
        yield { run, lane, from: begin + hour * HOUR_MS + quarter * QUARTER_MS, hour };
      }
    }
  }
}

function* ledger(
  writer: Writer,
  begin: number,
  users: number,
  changes: number,
  what: "listing" | "change",
): Generator<unknown[]> {
  let seq = 0;
  for (const stream of LIST_STREAMS) {
    seq += 1;
    if (what === "change") yield [seq, stream, "baseline", null, null, null, null, 1, null, begin];
  }
  for (const { run, lane, from, hour } of runs(begin)) {
    if (lane === "usage") continue;
    for (const stream of LANES[lane]) {
      const wanted = Math.floor((changes * hour) / HOURS) - Math.floor((changes * (hour - 1)) / HOURS);
      for (let i = 0; stream === "job_grants" && hour > 0 && i < wanted; i += 1) {
        seq += 1;
        if (what === "change") yield grantChange(writer, seq, users, run, from);
      }
      seq += 1;
      if (what === "listing") yield [stream, seq, run, from, from + 60_000, users, 1];
    }
  }
}

function grantChange(writer: Writer, seq: number, users: number, run: number, at: number): unknown[] {
  const user = userId(Math.floor(users * writer.random()));
  const grant = grantId(Math.floor(writer.random() * users * 100));
  const kind = seq % 3 === 0 ? "removed" : "added";
  const record = JSON.stringify({
    id: String(grant),
    userId: String(user),
    roleId: "510",
    jobId: String(jobId(1)),
  });
  const [before, after] = kind === "added" ? [null, record] : [record, null];
  return [seq, "job_grants", kind, grant, user, before, after, run, at - HOUR_MS, at];
}

function* map<A, B>(items: Iterable<A>, to: (item: A) => B): Generator<B> {
  for (const item of items) yield to(item);
}

function* flatMap<A, B>(items: Iterable<A>, to: (item: A) => readonly B[]): Generator<B> {
  for (const item of items) yield* to(item);
}
