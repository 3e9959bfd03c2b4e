/** A year of hourly listings, quarter-hourly usage runs, and the changes between them. */
import { LANE_NAMES, LANES, LIST_STREAMS } from "../src/model/stream.ts";
import { DAY_MS, grantId, HOUR_MS, jobId, userId, type Writer, YEAR_DAYS } from "./company-writer.ts";

/** Returns how many runs there were. */
export function history(writer: Writer, users: number, changes: number): number {
  const run = writer.db.prepare(
    `insert into run (connection, lane, trigger_, started_at, ended_at, outcome, requests, waited_ms, throttled)
     values (?, ?, 'schedule', ?, ?, 'complete', 10, 0, 0)`,
  );
  const step = writer.db.prepare(
    `insert into step (run, stream, outcome, started_at, ended_at, rows, added, changed, removed, unreadable_json,
       requests, waited_ms) values (?, ?, 'complete', ?, ?, 10, 0, 0, 0, '[]', 1, 0)`,
  );
  const listing = writer.insert("listing", [
    "stream",
    "seq",
    "run",
    "started_at",
    "ended_at",
    "rows",
    "viewer_version",
  ]);
  const change = writer.insert("change", [
    ..."seq stream kind row_id user_id before_json after_json run after_at seen_at".split(" "),
  ]);
  const begin = writer.now - YEAR_DAYS * DAY_MS;
  const hours = YEAR_DAYS * 24;
  let seq = 0;
  let runs = 0;
  const end = () => writer.db.prepare("select count(*) as n from run").get() as { n: number };
  writer.db.transaction(() => {
    for (const stream of LIST_STREAMS)
      change(++seq, stream, "baseline", null, null, null, null, 1, null, begin);
    for (let hour = 0; hour <= hours; hour += 1) {
      const at = begin + hour * HOUR_MS;
      for (const lane of LANE_NAMES) {
        for (let quarter = 0; quarter < (lane === "usage" ? 4 : 1); quarter += 1) {
          const from = at + quarter * 15 * 60_000;
          const { lastInsertRowid } = run.run(writer.connection, lane, from, from + 60_000);
          for (const stream of LANES[lane]) {
            step.run(lastInsertRowid, stream, from, from + 60_000);
            if (lane === "usage") continue;
            const wanted = Math.floor((changes * hour) / hours) - Math.floor((changes * (hour - 1)) / hours);
            if (stream === "job_grants" && hour > 0)
              for (let i = 0; i < wanted; i += 1)
                grantChange(writer, change, ++seq, users, Number(lastInsertRowid), at);
            listing(stream, ++seq, lastInsertRowid, from, from + 60_000, users, 1);
          }
        }
      }
    }
    runs = end().n;
  })();
  return runs;
}

function grantChange(
  writer: Writer,
  change: (...values: unknown[]) => void,
  seq: number,
  users: number,
  run: number,
  at: number,
): void {
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
  change(seq, "job_grants", kind, grant, user, before, after, run, at - HOUR_MS, at);
}
