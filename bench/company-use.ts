/** A year of use, and raw events of its last days. */
import { DAY_MS, HOUR_MS, userId, type Writer, YEAR_DAYS } from "./company-writer.ts";

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
export async function year(writer: Writer, users: number): Promise<number> {
  const newest = new Map<number, number>();
  const today = Math.floor(writer.now / DAY_MS);
  const days = Array.from({ length: YEAR_DAYS }, (_, i) => today - YEAR_DAYS + 1 + i);
  const rows = await writer.rows(
    "usage_day",
    ["day", "user_id", "viewed", "changed", "acted", "other"],
    userDays(writer, users, days, today, newest),
  );
  await writer.rows(
    "usage_user",
    ["user_id", "at", "hash", "n", "source", "type", "request_type", "target_type"],
    [...newest]
      .sort(([a], [b]) => a - b)
      .map(([i, day]) => [
        userId(i),
        // At all hours: no two of them together.
        Math.min(day * DAY_MS + 10 * HOUR_MS, writer.now) - ((userId(i) * 7919) % (8 * HOUR_MS)),
        Buffer.alloc(16, i),
        0,
        ...["audit_log", "action", "GET /dashboard", "Page"],
      ]),
  );
  await writer.rows(
    "coverage",
    ["source", "from_at", "to_at"],
    [["audit_log", writer.now - YEAR_DAYS * DAY_MS, writer.now - HOUR_MS]],
  );
  await writer.rows(
    "word",
    ["word", "text"],
    WORDS.map((text, i) => [i + 1, text]),
    { whole: true },
  );
  await writer.rows(
    "event_hour",
    ["hour", "n", "people"],
    Array.from({ length: YEAR_DAYS * 24 }, (_, i) => [
      writer.now / HOUR_MS - 1 - i,
      users,
      Math.ceil(users / 2),
    ]),
  );
  await writer.rows(
    "request_day",
    ["day", "performer_type", "request_type", "n"],
    days.flatMap((day) =>
      Array.from({ length: REQUESTS }, (_, type) => [day, 1, WORDS.length - type, users]),
    ),
  );
  return rows;
}

function* userDays(
  writer: Writer,
  users: number,
  days: readonly number[],
  today: number,
  newest: Map<number, number>,
): Generator<unknown[]> {
  for (const day of days) {
    const weekend = (day + 4) % 7 >= 5 ? 0.1 : 1;
    for (let i = 0; i < users; i += 1) {
      if (i % 4 === 3 || writer.random() > 0.7 * weekend) continue;
      // One of ten has stopped some time ago.
      if (i % 10 === 5 && day > today - (i % 90)) continue;
      newest.set(i, day);
      yield [day, userId(i), 5 + (i % 20), i % 5, i % 3, 0];
    }
  }
}

/** As the store writes them: what the audit log tells of an event, its words numbered, its hash 16 bytes. */
export async function events(writer: Writer, users: number, events: number, days: number): Promise<void> {
  const from = writer.now - days * DAY_MS;
  await writer.prepare(Array.from({ length: days + 1 }, (_, i) => from + i * DAY_MS));
  await writer.rows(
    "event",
    "at hash n performer_type user_id performer type request_type request target_type target ip counts".split(
      " ",
    ),
    each(writer, users, events, from),
  );
}

function* each(writer: Writer, users: number, events: number, from: number): Generator<unknown[]> {
  const step = (writer.now - from) / events;
  for (let i = 0; i < events; i += 1) {
    const hash = Buffer.alloc(16);
    hash.writeDoubleBE(writer.random(), 0);
    hash.writeDoubleBE(i, 8);
    const user = userId(Math.floor(users * writer.random() ** 2));
    const [type, request] = [2 + (i % 3), WORDS.length - (i % REQUESTS)];
    yield [
      Math.floor(from + i * step),
      hash,
      0,
      1,
      ...[user, null, type, request, `r${i}`],
      ...[5 + (i % 5), String(i % 9999), "10.0.0.1", 1],
    ];
  }
}
