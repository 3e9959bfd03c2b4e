/** The weekly report over a real database: what it says, of which time, from what, and of what it says that it can't tell. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../findings/judge.ts";
import { alive, type Company, company, daysAgo, deed, NOW, whole, zone } from "../../insights/testing.ts";
import { dayText, dayZone, parseDay } from "../../model/day.ts";
import type { Deed } from "../../model/recruiting.ts";
import { STREAMS, type Stream } from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";
import { saveVerdict } from "../../store/connections/verdicts.ts";
import { allMatchesStale } from "../../store/employees/employee-matches.ts";
import { addEmployees, lockEmployees } from "../../store/employees/employees.ts";
import { Account, accounts, futureGrant, jobGrant, user } from "../../store/listings/listing-testing.ts";
import { testStore } from "../../store/testing.ts";
import { markSample } from "../../store/upkeep/sample.ts";
import { storeDeeds } from "../../store/usage/deeds.ts";
import { saveLicenseRules } from "../../store/usage/license-rules.ts";
import { daysText, weekBefore } from "../days.ts";
import { weeklyReport } from "./report.ts";

const account = accounts();
const EVIL = `<img src=x onerror="alert(1)">\r\nBcc: all@example.com\u202e`;
const old = { createdAt: daysAgo(900) };

/** All of it in one line, as it is read. */
async function said(house: Company) {
  const report = await weeklyReport(house.account.store, house.connection, NOW, {
    consoleUrl: "https://glass.example",
  });
  return { ...report, line: report.text.replace(/\s+/g, " ") };
}

/** Read well an hour ago, all but these. */
async function well(house: Company, not: Partial<Record<Stream, Partial<Verdict>>> = {}) {
  const { store, connection } = house.account;
  await store.write(async (tx) => {
    for (const stream of STREAMS) {
      const plain = {
        stream,
        state: "well",
        cause: null,
        text: null,
        cure: null,
        ask: null,
        facts: {},
      } as const;
      const read = not[stream]?.state === "not_read_yet" ? undefined : { rows: 1 };
      await saveVerdict(tx, connection, plain, daysAgo(3), read);
      await saveVerdict(tx, connection, { ...plain, ...not[stream] }, daysAgo(2));
    }
  });
}

const logged = (house: Company) =>
  house.read(
    [...alive(93), deed(1, 0), deed(1, 3), deed(3, 41), deed(4, 7), deed(6, 60), deed(9, 1)],
    whole(93),
  );

async function told(house: Company, deeds: [user: number, days: number][]) {
  const { store, connection } = house.account;
  const of = ([userId, days]: [number, number], row: number): Deed => {
    return { source: "scorecard", rowId: String(row), userId: String(userId), at: daysAgo(days) };
  };
  const page = { deeds: deeds.map(of), claim: { from: daysAgo(80), to: NOW - 60_000 } };
  await store.write((tx) => storeDeeds(tx, connection, "scorecards", page, zone));
}

const CASES: [name: string, prepare: (house: Company) => Promise<unknown>, says: RegExp[], not: RegExp[]][] =
  [
    [
      "nothing was read",
      async () => {},
      [/has not been read completely yet/, /Nothing was read completely yet\. - Users: never read/],
      [/WHO USES/, /\d+ of \d+/, /People: 0/],
    ],
    [
      "users alone were read: all that rests on use is unknown, with its reason, and nowhere 0",
      (house) => house.list(),
      [
        /Who of 7 active people uses Greenhouse is not known: use was never read\./,
        /Source: none; nothing that tells of use was read/,
        /- In use: Unknown - Unused: Unknown - Never used: Unknown - Unknown: 7 of 7 Can't be told: use was never read/,
        /In the week 16 to 22 Nov 2026: Unknown None of these days was read/,
        /All types: Unknown Who didn't use it can't be told, so no license can be called free/,
        /- People: Unknown Without it, it can't be told who has left/,
        /- New people, people deactivated: Unknown/,
        /- High: Unknown - Medium: Unknown - Low: Unknown/,
        /Unknown means that it can't be told from what was read\. It doesn't mean inactive/,
      ],
      [/Newly unused/, /licenses? could be freed\./],
    ],
    [
      "the audit log was read whole: each number has its whole, its days and its source",
      async (house) => {
        await house.list();
        await logged(house);
        await well(house);
        await judge(house.account.store, house.connection, NOW);
      },
      [
        /2 of 7 active people are known to have used Greenhouse since 26 Oct 2026\. Of 1 it can't be told: they have not been users for all of these days\. 4 licenses could be freed/,
        /26 Oct to 22 Nov 2026, 28 whole days, and today so far\. Source: Greenhouse's audit log, read for all of these days\./,
        /- In use: 2 of 7 .* - Unused: 1 of 7 Last used before 26 Oct 2026 - Never used: 3 of 7 No recorded use since 22 Aug 2026 - Unknown: 1 of 7/,
        /- In the week 16 to 22 Nov 2026: 2 of 7 Used it on at least one day\. The week before: 0 of 7/,
        /All types: 4 to 5 of 7 1 unused and 3 never used; the higher number adds 1 whose use is unknown - Site Admin: 1 of 2/,
        /As of 22 Nov 2026, 23:14\. Source: Greenhouse's list of users; levels from its lists of grants as of 23 Nov 2026, 04:14\. - Active people: 7/,
        /As of 23 Nov 2026, 10:14\. Source: 16 checks of what was read\. - High: 1 - Medium: 3 - Low: 5 - Dormant Site Admin: 1 High\. Tomas Wren is a Site Admin.* - Grants of a role that sees private things: 1 Low/,
        /Everything that is switched on: read/,
        /Days and times are those of Europe\/Zurich\. More: https:\/\/glass\.example/,
      ],
      [/Not everything could be read/, /list of users is of/],
    ],
    [
      "the audit log was read for a part of the days: who did not come can't be told",
      async (house) => {
        await house.list();
        await house.read([...alive(12), deed(1, 2), deed(4, 3)], whole(12));
      },
      [
        /Source: Greenhouse's audit log, read for 11 of 28 days\./,
        /- In use: 2 of 7 .* - Unused: Unknown What was read shows who came, not who didn't - Never used: Unknown/,
        /- Unknown: 5 of 7 Can't be told: only 11 of 28 days covered, known from 10 Dec/,
        /In the week 16 to 22 Nov 2026: 2 of 7/,
        /All types: Unknown/,
      ],
      [/Unused: 0/],
    ],
    [
      "the audit log was read for a part of the week: at least so many",
      async (house) => {
        await house.list();
        await house.read([...alive(4), deed(1, 2)], whole(4));
      },
      [/at least 1 of 7 Used it on at least one day\. The audit log was read for 3 of 7 days/],
      [/The week before/],
    ],
    [
      "a hole lies within the days",
      async (house) => {
        await house.list();
        await house.read([...alive(60), deed(1, 2)], whole(60, 20), whole(15));
      },
      [/Audit log: not read Between 3 Nov 2026, 00:00 and 8 Nov 2026, 00:00 it was not read/],
      [],
    ],
    [
      "no audit log, but recruiting activity: it makes people in use, and never unused",
      async (house) => {
        await house.list();
        await told(house, [
          [3, 2],
          [4, 10],
          [5, 60],
        ]);
        await well(house, {
          audit_log: { state: "off", cause: "audit_log_off" },
          approvals: { state: "not_read_yet" },
        });
      },
      [
        /2 of 7 active people are known to have used Greenhouse since 26 Oct 2026\. Of 5 it can't be told: no audit log; no recruiting activity since/,
        /Source: recruiting activity \(scorecards\); no audit log was read for these days\./,
        /- In use: 2 of 7 Active people with recorded use; 2 of them by recruiting activity/,
        /- Unused: Unknown .* - Never used: Unknown .* - Unknown: 5 of 7/,
        /at least 1 of 7/,
        /A scorecard shows that somebody came\. That there is none shows nothing/,
        /- Off: 1 By choice, or never allowed: audit log/,
      ],
      [/Unused: 0/, /Newly unused/, /licenses? could be freed\./],
    ],
    [
      "streams that stopped, are in doubt, or were never read; reading is paused",
      async (house) => {
        await house.list();
        await logged(house);
        house.connection.paused = true;
        await well(house, {
          audit_log: { state: "stopped", cause: "audit_log_refused", text: "GET /events answered 403" },
          users: { state: "stopped", cause: "listing_held", text: "212 users fewer than at 09:02." },
          scorecards: { state: "off" },
        });
      },
      [
        /Not everything could be read: the last section says what is missing/,
        /- Users: in doubt 212 users fewer than at 09:02\. - Audit log: since 20 Nov 2026, 12:00 What is newer is missing/,
        /- Off: 1 By choice, or never allowed: scorecards/,
        /Reading is paused: nothing newer comes in/,
      ],
      [/403/],
    ],
    [
      "what changed in the week, by name; a week that was listed in part says so",
      async (house) => {
        house.account.now = daysAgo(20);
        await house.list();
        house.account.now = daysAgo(4);
        const all = [1, 2, 3, 4, 6, 7].map((id) =>
          user(id, { ...old, name: `Person ${id}`, deactivated: id > 3 }),
        );
        await house.account.list("users", [...all, user(21, { name: "Kim Park" }), user(22, { name: null })]);
        const grants = [1000, 1001, 1002, 1003].map((id) => jobGrant(id, { userId: "3" }));
        await house.account.list("job_grants", [...grants, jobGrant(1009, { userId: "21" })]);
        await house.account.list("future_job_grants", [
          futureGrant(2000),
          futureGrant(2001),
          futureGrant(2002),
        ]);
        await house.account.levels();
      },
      [
        /16 to 22 Nov 2026\. Source: Greenhouse's complete lists of users and grants/,
        /- New people: 2 (Kim Park and User 22|User 22 and Kim Park)/,
        /- Deactivated: 2 Person [47] \(19 Nov 2026\) and Person [47] \(19 Nov 2026\)/,
        /- Level changed: \d - Grants added: 1 - Grants removed: 1/,
        /Only a part of the week is known: what changed between 16 Nov 2026, 00:00 and 19 Nov 2026, 13:00\./,
      ],
      [],
    ],
    [
      "a price makes money of it",
      async (house) => {
        await house.list();
        await logged(house);
        const rules = [{ level: "any", status: "active", type: "Seat" }] as const;
        const purchased = [{ type: "Seat", purchased: 10, priceCents: 32_050, currency: "EUR" }];
        await house.account.store.write((tx) =>
          saveLicenseRules(tx, house.account.connection, { rules: [...rules], purchased }),
        );
      },
      [/- Seat: 4 to 5 of 7 EUR 1,282 to 1,603 a year, at the price typed in/],
      [],
    ],
    [
      "a v1 key, whose lists tell of no recruiting activity",
      async (house) => {
        house.connection.credentialKind = "harvest_v1";
        await house.list();
      },
      [/- Audit log: never read Missing: usage/],
      [/Recruiting activity/, /User e-mails/],
    ],
  ];
for (const [name, prepare, says, not] of CASES) {
  test(`the weekly report where ${name}`, async () => {
    const house = await company(await account());
    await prepare(house);
    const { line, html, subject } = await said(house);
    for (const each of says) assert.match(line, each);
    for (const each of not) assert.doesNotMatch(line, each);
    assert.equal(subject, "Weekly report on Greenhouse, Aldermoor, 16 to 22 Nov 2026");
    // Both say the same.
    const plain = html.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]+>/g, " ");
    for (const [number] of line.matchAll(/\d+ of \d+/g)) assert.ok(plain.includes(number), number);
  });
}

test("who has left and is active still is told with the days since, and with the use since", async (t) => {
  const house = await company(new Account(await testStore(t)));
  await house.list();
  await logged(house);
  await judge(house.account.store, house.connection, NOW);
  const plain = { number: null, name: null, department: null, manager: null, startedDay: null, leftAt: null };
  const last = parseDay(dayText(zone.day(NOW)))!;
  const left = (email: string, days: number) => ({
    ...plain,
    emails: [email],
    leftDay: last - days,
    told: null,
    toldAt: NOW,
    backAt: null,
    wasLeftDay: null,
    source: "csv" as const,
  });
  await house.account.store.write(async (tx) => {
    await lockEmployees(tx);
    const people = [left("ines@aldermoor.example", 9), left("tomas@aldermoor.example", 3)];
    await addEmployees(tx, people, NOW);
    await allMatchesStale(tx);
  });
  const { line } = await said(house);
  assert.match(line, /2 people have left and are still active\./);
  assert.match(line, /Source: the directory of employees and Greenhouse's list of users\. - People: 2/);
  assert.match(
    line,
    /- Ines Okafor: left 9 days ago Last day of work 14 Nov 2026; used Greenhouse on 2 days/,
  );
  assert.match(
    line,
    /- Tomas Wren: left 3 days ago Last day of work 20 Nov 2026; no recorded use since then/,
  );
  // Greenhouse lists him no longer.
  await house.account.store.write((tx) =>
    tx.updateTable("user").set({ status: "missing" }).where("user_id", "=", "2").execute(),
  );
  const { line: then } = await said(house);
  assert.match(then, /1 person has left and is still active; of 1 more that isn't known: Greenhouse lists /);
  assert.match(then, /- People: 1 - Not known: 1 Have left, and Greenhouse lists the user no longer/);
  assert.match(then, /no recorded use since then; whether still active isn't known: no longer in /);
});

test("names that would be code, a header or a direction are text; sample data is marked at every beginning", async (t) => {
  const store = await testStore(t);
  const house = await company(new Account(store));
  await house.list();
  await house.account.list("users", [user(1, { ...old, name: EVIL, siteAdmin: true })]);
  house.account.now = daysAgo(4);
  await house.account.list("users", [
    user(1, { ...old, name: EVIL, siteAdmin: true }),
    user(30, { name: EVIL }),
  ]);
  await logged(house);
  await store.write(markSample);
  house.connection.name = EVIL;
  const { subject, text, html } = await said(house);
  assert.match(subject, /^Sample data: Weekly report on Greenhouse, /);
  assert.match(text, /^Sample data\. Nobody here exists\./);
  assert.match(html, /<td[^>]*><p[^>]*>Sample data\. Nobody here exists\.<\/p>/);
  // Line breaks of our own apart.
  for (const each of [subject, text.replaceAll("\n", ""), html.replaceAll("\n", "")]) {
    assert.doesNotMatch(each, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
  assert.match(html, /New people.*&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;/s);
  assert.doesNotMatch(html, /<(?:img|script|svg|link|iframe|base|meta http)/i);
  const tags = [...html.matchAll(/<[^>]+>/g)].join("");
  assert.doesNotMatch(tags, /\b(?:src|background)=|\bon\w+=/i, "nothing is run");
  assert.doesNotMatch(html, /url\(|@import/i, "nothing is loaded");
  const addresses = [...html.matchAll(/https?:[^"'<> ]+/g)].map(([address]) => address);
  assert.deepEqual(addresses, ["https://glass.example"]);
});

for (const [from, to, expected] of [
  ["2026-11-16", "2026-11-22", "16 to 22 Nov 2026"],
  ["2026-10-26", "2026-11-22", "26 Oct to 22 Nov 2026"],
  ["2026-12-28", "2027-01-03", "28 Dec 2026 to 3 Jan 2027"],
  ["2026-11-22", "2026-11-22", "22 Nov 2026"],
] as const) {
  test(`${from} to ${to} in words`, () => assert.equal(daysText(from, to), expected));
}

test("on a Monday the week is the calendar's last one, also where the clocks changed in it", () => {
  const berlin = dayZone("Europe/Berlin");
  const week = weekBefore(berlin, parseDay("2026-10-26")!);
  assert.deepEqual([dayText(week.fromDay), dayText(week.toDay)], ["2026-10-19", "2026-10-25"]);
  assert.equal(week.until - week.from, (7 * 24 + 1) * 3_600_000);
});
