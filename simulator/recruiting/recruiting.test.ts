import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Client } from "../testing.ts";
import { client } from "../testing.ts";
import type { RecruitingList } from "./recruiting.ts";
import { recruitingLists } from "./recruiting.ts";
import { candidateWord } from "./setting.ts";

type Row = Record<string, unknown>;
type Lists = Record<RecruitingList, Row[]>;
const noonMs = Date.parse("2026-11-23T12:00:00Z");
const dayMs = 86_400_000;

async function read(c: Client, lists: readonly RecruitingList[] = recruitingLists): Promise<Lists> {
  return (await c.sim.control.dump({ parts: lists })) as never;
}
const ids = (rows: Row[] | undefined): Set<unknown> => new Set(rows?.map((row) => row.id));

describe("recruiting agrees with the rest of the organization", () => {
  let c: Client;
  let lists: Lists;
  let dump: Record<string, Row[]>;
  before(async () => {
    // The audit log reaches back as far as recruiting, so that every day can be compared.
    c = await client({ users: 150, days: 400 });
    lists = await read(c);
    dump = (await c.sim.control.dump({ parts: ["users", "jobs", "userJobPermissions"] })) as never;
  });
  after(() => c.sim.close());

  test("who did something on a day has events on that day", async () => {
    const { users } = await c.sim.control.truth();
    const known = ids(dump.users);
    const done: [Row[], string, string][] = [
      [lists.scorecards, "submitter_id", "submitted_at"],
      [lists.approvers, "resolved_by_id", "resolved_at"],
      [lists.rejection_details, "rejected_by_id", "rejected_at"],
      [lists.interviews, "organizer_id", "scheduled_at"],
    ];
    for (const [rows, person, time] of done) {
      const told = rows.filter(
        (row) =>
          known.has(row[person]) &&
          row[time] !== null &&
          Date.parse(String(row[time])) > noonMs - 400 * dayMs,
      );
      assert.ok(told.length > 50, `${person}: ${told.length}`);
      const without = told.filter((row) => {
        const day = String(row[time]).slice(0, 10);
        return !((users[String(row[person])]?.days[day] ?? 0) > 0);
      });
      assert.deepEqual(without, [], person);
    }
  });

  test("people who only interview rest for weeks, and come back", async () => {
    const { users } = await c.sim.control.truth({ after: new Date(noonMs - 30 * dayMs).toISOString() });
    const activity = c.sim.control.activity();
    const resting = (dump.users as Row[]).filter((u) => {
      const last = activity[String(u.id)]?.scorecards?.last;
      return !u.deactivated && last !== undefined && (users[String(u.id)]?.counted ?? 0) === 0;
    });
    const waits = resting.map(
      (u) => (noonMs - Date.parse(activity[String(u.id)]?.scorecards?.last as string)) / dayMs,
    );
    assert.ok(waits.filter((days) => days > 35).length > 5, JSON.stringify(waits));
  });

  const links: [string, (l: Lists, d: Record<string, Row[]>) => boolean][] = [
    [
      "interviewers are of interviews",
      (l) => l.interviewers.every((r) => ids(l.interviews).has(r.interview_id)),
    ],
    [
      "every scorecard is one interviewer's, and of the same person",
      (l) => {
        const seats = new Map(l.interviewers.map((r) => [r.scorecard_id, r.user_id]));
        return l.scorecards.every((r) => seats.has(r.id) && seats.get(r.id) === r.interviewer_id);
      },
    ],
    [
      "nobody sits twice on a panel",
      (l) => {
        const pairs = l.interviewers
          .filter((r) => r.user_id !== null && r.user_id !== 3999999999004)
          .map((r) => `${r.interview_id} ${r.user_id}`);
        return new Set(pairs).size === pairs.length;
      },
    ],
    [
      "interviews, flows and teams are of jobs that exist",
      (l, d) =>
        [...l.interviews, ...l.approval_flows, ...l.job_owners, ...l.job_hiring_managers].every((r) =>
          ids(d.jobs).has(r.job_id),
        ),
    ],
    [
      "groups are of flows, approvers of groups, flows of offers",
      (l) =>
        l.approver_groups.every((r) => ids(l.approval_flows).has(r.approval_flow_id)) &&
        l.approvers.every((r) => ids(l.approver_groups).has(r.approver_group_id)) &&
        l.approval_flows.every((r) => r.offer_id === null || ids(l.offers).has(r.offer_id)),
    ],
    [
      "who is in a hiring team has a permission on the job, Site Admins, strangers and those who left apart",
      (l, d) => {
        const has = new Set(d.userJobPermissions?.map((p) => `${p.user_id} ${p.job_id}`));
        const without = l.job_owners.filter((r) => !has.has(`${r.user_id} ${r.job_id}`));
        return without.length <= 5 && l.job_owners.length > 50;
      },
    ],
    [
      "a submitted scorecard was held and submitted after its scheduling",
      (l) =>
        l.scorecards.every((r) => r.submitted_at === null || String(r.submitted_at) > String(r.created_at)),
    ],
    [
      "nothing tells of the future but what is planned",
      (l) =>
        [l.scorecards, l.approvers, l.rejection_details]
          .flat()
          .every((r) =>
            [r.created_at, r.updated_at, r.submitted_at, r.resolved_at].every(
              (t) => t == null || Date.parse(String(t)) <= noonMs,
            ),
          ),
    ],
  ];
  for (const [name, holds] of links) test(name, () => assert.ok(holds(lists, dump)));

  const awkward: [string, (l: Lists, d: Record<string, Row[]>) => boolean][] = [
    [
      "a scorecard submitted by nobody",
      (l) => l.scorecards.some((r) => r.submitted_at !== null && r.submitter_id === null),
    ],
    [
      "one by somebody unknown",
      (l, d) => l.scorecards.some((r) => r.submitter_id !== null && !ids(d.users).has(r.submitter_id)),
    ],
    [
      "one by somebody who is deactivated now",
      (l, d) => {
        const gone = ids(d.users?.filter((u) => u.deactivated));
        return l.scorecards.some((r) => gone.has(r.submitter_id));
      },
    ],
    [
      "one that another filed",
      (l) => l.scorecards.some((r) => r.submitter_id !== null && r.submitter_id !== r.interviewer_id),
    ],
    [
      "scorecards long never submitted",
      (l) =>
        l.scorecards.some(
          (r) => r.status === "draft" && Date.parse(String(r.created_at)) < noonMs - 90 * dayMs,
        ),
    ],
    [
      "a status nobody documented",
      (l) =>
        l.scorecards.some((r) => r.status === "under_review") &&
        l.interviews.some((r) => r.status === "moved_elsewhere") &&
        l.approvers.some((r) => r.status === "skipped"),
    ],
    [
      "interviews without a time, and all-day ones",
      (l) =>
        l.interviews.some((r) => r.scheduled_at === null) &&
        l.interviews.some((r) => r.all_day_start_on !== null),
    ],
    [
      "an approval pending with somebody deactivated",
      (l, d) => {
        const gone = ids(d.users?.filter((u) => u.deactivated));
        return l.approvers.some((r) => (r.status === "due" || r.status === "waiting") && gone.has(r.user_id));
      },
    ],
    [
      "a rejection without person, one without time",
      (l) =>
        l.rejection_details.some((r) => r.rejected_by_id === null) &&
        l.rejection_details.some((r) => r.rejected_at === null),
    ],
    [
      "a guest without user and scorecard",
      (l) => l.interviewers.some((r) => r.user_id === null && r.scorecard_id === null),
    ],
    [
      "rows updated long after they were made: the newest id is not the newest update",
      (l) =>
        l.scorecards.filter(
          (r) => Date.parse(String(r.updated_at)) - Date.parse(String(r.created_at)) > 60 * dayMs,
        ).length > 5,
    ],
    [
      "a deactivated owner and hiring manager",
      (l) =>
        [l.job_owners, l.job_hiring_managers].every((rows) =>
          rows.some((r) => r.user_id === c.sim.deactivatedAdminId),
        ),
    ],
  ];
  for (const [name, holds] of awkward) test(`awkward: ${name}`, () => assert.ok(holds(lists, dump)));

  const windows: [string, RecruitingList, string][] = [
    ["updated_at", "scorecards", "updated_at"],
    ["submitted_at", "scorecards", "submitted_at"],
    ["created_at", "interviewers", "created_at"],
    ["starts_at", "interviews", "starts_at"],
    ["resolved_at", "offers", "resolved_at"],
    ["starts_on", "offers", "starts_on"],
    ["updated_at of approvers", "approvers", "updated_at"],
    ["updated_at of rejections", "rejection_details", "updated_at"],
  ];
  for (const [name, list, field] of windows) {
    test(`windows by ${name} miss nothing and share nothing`, async () => {
      const auth = await c.bearer();
      const edges = [0, 3, 4, 30, 90, 200, 600]
        .map((days) => new Date(noonMs - days * dayMs).toISOString())
        .reverse();
      const seen: unknown[] = [];
      for (let i = 0; i + 1 < edges.length; i++)
        for (const row of await c.all(
          `/v3/${list}?per_page=500&${field}=gte|${edges[i]}|lt|${edges[i + 1]}`,
          auth,
        ))
          seen.push(row.id);
      const within = (r: Row): boolean => r[field] !== null && Date.parse(String(r[field])) < noonMs;
      assert.deepEqual(
        seen.toSorted(),
        lists[list]
          .filter(within)
          .map((r) => r.id)
          .toSorted(),
      );
    });
  }

  test("what is said of candidates can be found by one word, and by fields left out", async () => {
    const auth = await c.bearer();
    assert.ok((await c.get("/v3/scorecards", auth)).text.includes(candidateWord));
    const careful = ["id,submitter_id,submitted_at,updated_at,status", "id,interviewer_id"];
    for (const fields of careful)
      assert.doesNotMatch(
        (await c.get(`/v3/scorecards?fields=${fields}&per_page=500`, auth)).text,
        /Kestrelheart|666\d{12}/i,
      );
  });
});

describe("recruiting moves with the clock", () => {
  test("drafts are submitted, and the newest rows come first", async () => {
    await using c = await client({ users: 100 });
    const auth = await c.bearer();
    const before = await c.all("/v3/scorecards?per_page=500", auth);
    c.sim.control.clock({ advanceSeconds: 10 * 86_400 });
    const later = await c.all("/v3/scorecards?per_page=500", await c.bearer());
    const then = new Map(before.map((r) => [r.id, r]));
    assert.deepEqual(
      later.slice(-before.length).map((r) => r.id),
      before.map((r) => r.id),
      "nothing vanishes, nothing comes between",
    );
    const finished = later.filter((r) => then.get(r.id)?.submitted_at === null && r.submitted_at !== null);
    assert.ok(
      finished.length > 3 && finished.every((r) => String(r.updated_at) > String(then.get(r.id)?.updated_at)),
    );
  });

  test("who is deactivated submits nothing more", async () => {
    await using c = await client({ users: 60 });
    const everybody = (await c.sim.control.dump({ parts: ["users"] })).users.map((u) => Number(u.id));
    c.sim.control.mutate(...everybody.map((userId) => ({ op: "deactivateUser" as const, userId })));
    c.sim.control.clock({ advanceSeconds: 20 * 86_400 });
    assert.deepEqual(c.sim.control.activity({ after: "2026-11-23T12:00:00.001Z" }), {});
  });

  test("rows can be put in and changed by hand", async () => {
    await using c = await client();
    const { control, nonAdminId } = c.sim;
    const [one, two] = control.mutate(
      {
        op: "addRow",
        list: "scorecards",
        row: { submitter_id: nonAdminId, submitted_at: "2026-11-23T11:00:00Z", status: "complete" },
        createdAt: "2026-11-20T08:00:00Z",
      },
      { op: "addRow", list: "scorecards", row: { interviewer_id: nonAdminId, status: "draft" } },
    );
    control.mutate({
      op: "changeRow",
      list: "scorecards",
      id: one?.id as number,
      set: { status: "draft", submitted_at: null },
      updatedAt: "2026-11-23T11:59:00Z",
    });
    const auth = await c.bearer();
    const rows = (await c.get(`/v3/scorecards?ids=${one?.id},${two?.id}`, auth)).body;
    assert.deepEqual(
      rows.map((r: Row) => [r.id, r.status, r.updated_at]),
      [
        [two?.id, "draft", "2026-11-23T12:00:00.000Z"],
        [one?.id, "draft", "2026-11-23T11:59:00.000Z"],
      ],
    );
    assert.equal((await c.get("/v3/scorecards?per_page=1", auth)).body[0].id, two?.id);
    assert.throws(
      () => control.mutate({ op: "addRow", list: "scorecards", row: { nose: 1 } }),
      /scorecards has no field "nose"/,
    );
  });

  test("the same seed gives the same rows; the activity is what the lists say", async () => {
    await using a = await client();
    await using b = await client();
    assert.deepEqual(await read(a), await read(b));
    assert.deepEqual((await a.get("/_sim/activity")).body, a.sim.control.activity());
    const own = a.sim.control.activity()[String(a.sim.nonAdminId)];
    const rows = await a.all(`/v3/scorecards?submitter_ids=${a.sim.nonAdminId}`, await a.bearer());
    const times = rows
      .map((r) => r.submitted_at)
      .filter((t) => t !== null)
      .map(String)
      .sort();
    assert.deepEqual([own?.scorecards?.count, own?.scorecards?.last], [times.length, times.at(-1)]);
  });
});
