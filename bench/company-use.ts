/** A year of use, and the events of its last thirty days. */
import { DAY_MS, HOUR_MS, userId, type Writer, YEAR_DAYS } from "./company-writer.ts";

export const EVENT_DAYS = 30;
const REQUESTS = 12;
const WORDS = [
  ...[
    "user",
    "action",
    "data_change_update",
    "data_change_create",
    "Page",
    "Candidate",
    "Job",
    "User",
    "Application",
  ],
  ...Array.from({ length: REQUESTS }, (_, i) => `controller_${i}#show`),
];

/** Two users of five work on a day; one of four never does. Returns the user-days. */
export function year(writer: Writer, users: number): number {
  const insert = writer.insert("usage_day", ["day", "user_id", "viewed", "changed", "acted", "other"]);
  const newest = new Map<number, number>();
  const today = Math.floor(writer.now / DAY_MS);
  let rows = 0;
  writer.db.transaction(() => {
    for (let day = today - YEAR_DAYS + 1; day <= today; day += 1) {
      const weekend = (day + 4) % 7 >= 5 ? 0.1 : 1;
      for (let i = 0; i < users; i += 1) {
        if (i % 4 === 3 || writer.random() > 0.7 * weekend) continue;
        // One of ten has stopped some time ago.
        if (i % 10 === 5 && day > today - (i % 90)) continue;
        insert(day, userId(i), 5 + (i % 20), i % 5, i % 3, 0);
        newest.set(i, day);
        rows += 1;
      }
    }
    const last = writer.insert("usage_user", [
      "user_id",
      "at",
      "hash",
      "n",
      "source",
      "type",
      "request_type",
      "target_type",
    ]);
    for (const [i, day] of [...newest].sort(([a], [b]) => a - b))
      last(
        userId(i),
        Math.min(day * DAY_MS + 10 * HOUR_MS, writer.now),
        Buffer.alloc(16, i),
        0,
        "audit_log",
        "action",
        "GET /dashboard",
        "Page",
      );
    writer.insert("coverage", ["source", "from_at", "to_at"])(
      "audit_log",
      writer.now - YEAR_DAYS * DAY_MS,
      writer.now - HOUR_MS,
    );
    const word = writer.db.prepare("insert or ignore into word (word, text) values (?, ?)");
    for (const [i, text] of WORDS.entries()) word.run(i + 1, text);
    const hour = writer.insert("event_hour", ["hour", "n", "people"]);
    for (let i = 0; i < YEAR_DAYS * 24; i += 1)
      hour(writer.now / HOUR_MS - 1 - i, users, Math.ceil(users / 2));
    const request = writer.insert("request_day", ["day", "performer_type", "request_type", "n"]);
    for (let day = today - YEAR_DAYS + 1; day <= today; day += 1)
      for (let type = 0; type < REQUESTS; type += 1) request(day, 1, WORDS.length - type, users);
  })();
  return rows;
}

export function events(writer: Writer, users: number, events: number): void {
  const insert = writer.insert("event", [
    ..."at hash n performer_type user_id performer type request_type request target_type target ip counts".split(
      " ",
    ),
  ]);
  const step = (EVENT_DAYS * DAY_MS) / events;
  writer.db.transaction(() => {
    for (let i = 0; i < events; i += 1) {
      const hash = Buffer.alloc(16);
      hash.writeDoubleBE(writer.random(), 0);
      hash.writeDoubleBE(i, 8);
      const at = Math.floor(writer.now - EVENT_DAYS * DAY_MS + i * step);
      const user = Math.floor(users * writer.random() ** 2);
      insert(
        at,
        hash,
        0,
        1,
        userId(user),
        null,
        2 + (i % 3),
        WORDS.length - (i % REQUESTS),
        `r${i}`,
        5 + (i % 5),
        String(i % 9999),
        "10.0.0.1",
        1,
      );
    }
  })();
}
