import assert from "node:assert/strict";
import { after, before, beforeEach, suite, test } from "node:test";
import { type Simulator, startSimulator } from "../../../../simulator/index.ts";
import { RECRUITING_STREAMS, type RecruitingStream } from "../../../model/stream.ts";
import type { DeedOptions, DeedPage } from "../../connector.ts";
import { ConnectorError } from "../../errors.ts";
import { greenhouse } from "../index.ts";
import { sessionOptions } from "../testing.ts";
import { RECRUITING_LISTS } from "./rows.ts";

const NOW = "2026-11-23T12:00:00.000Z";
const DAY = 86_400_000;

suite("recruiting lists of the simulated Greenhouse", () => {
  let sim: Simulator;
  /** Every deed of each list, read without any fault. */
  const whole = new Map<RecruitingStream, string[]>();

  const read = async (stream: RecruitingStream, more: Partial<DeedOptions> = {}) => {
    const { clientId, clientSecret: secret } = sim;
    const options = sessionOptions(sim.urls, { kind: "harvest_v3", clientId, secret });
    const now = Date.parse(NOW);
    const given = {
      checkpoint: null,
      coverage: [],
      holes: [],
      now,
      since: now - 400 * DAY,
      full: false,
      ...more,
    };
    const pages: DeedPage[] = [];
    for await (const page of greenhouse.open(options).deeds(stream, given)) pages.push(page);
    return pages;
  };
  const deedsOf = (pages: DeedPage[]) =>
    [...new Set(pages.flatMap(({ deeds }) => deeds.map((deed) => JSON.stringify(deed))))].sort();

  before(async () => {
    const options = { users: 80, eventsPerDay: 60, now: NOW, freeze: true, rateLimits: false };
    sim = await startSimulator(options);
    for (const stream of RECRUITING_STREAMS) whole.set(stream, deedsOf(await read(stream)));
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.control.clearFaults();
    sim.control.resetScenario();
    sim.control.clearRequests();
  });

  for (const stream of RECRUITING_STREAMS) {
    test(`${stream}: every row tells who and when, and no page holds anything else`, async () => {
      const pages = await read(stream);
      assert.deepEqual(deedsOf(pages), whole.get(stream));
      assert.ok(whole.get(stream)!.length > 50);
      assert.deepEqual(
        pages.flatMap(({ unreadable }) => unreadable),
        [],
      );
      assert.deepEqual(pages.at(-1)!.progress.remainingMs, 0);
    });
  }

  for (const [name, play, fault] of [
    ["two-sided dates refused", { "v3.twoSidedDates": "refuse" }, null],
    ["the second of two dates overlooked", { "v3.twoSidedDates": "first only" }, null],
    ["the first of two dates overlooked", { "v3.twoSidedDates": "last only" }, null],
    ["dates in whole seconds only", { "v3.dateFormat": "seconds" }, null],
    [
      "every date refused",
      {},
      { match: { endpoint: "v3.*", query: "updated_at" }, fault: { kind: "status", status: 422 } },
    ],
    [
      "fields refused",
      {},
      { match: { endpoint: "v3.*", query: "fields" }, fault: { kind: "status", status: 422 } },
    ],
    ["unknown parameters refused", { "v3.unknownParameters": "refuse" }, null],
    ["small pages", { "v3.mostPerPage": 60 }, null],
    ["rows in another order", {}, { match: { endpoint: "v3.*" }, fault: { kind: "reorder" } }],
    ["rows twice", {}, { match: { endpoint: "v3.*" }, fault: { kind: "duplicateRows" } }],
    [
      "a cursor that expires in the middle",
      { "v3.mostPerPage": 60 },
      { match: { endpoint: "v3.*", page: "later", nth: 3 }, fault: { kind: "expiredCursor" } },
    ],
  ] as [string, Record<string, unknown>, object | null][]) {
    test(`the same deeds with ${name}, and no candidate's data in any page`, async () => {
      sim.control.patchScenario(play);
      for (const stream of ["scorecards", "approvals"] as const) {
        sim.control.clearFaults();
        if (fault) sim.control.addFaults(fault as never);
        const pages = await read(stream);
        assert.deepEqual(deedsOf(pages), whole.get(stream), stream);
        const refused = sim.control.requests().some(({ status }) => status === 422);
        if (name === "dates in whole seconds only") assert.ok(!refused);
        assert.doesNotMatch(JSON.stringify(pages), /Kestrelheart|strong_yes|\b(666|777)\d{6,}/i);
      }
    });
  }

  test("a field of another type makes its row unreadable, and the rest goes on", async () => {
    for (const [field, action] of [
      ["submitter_id", { action: "replace", to: "somebody" }],
      ["submitted_at", { action: "replace", to: { a: 1 } }],
      ["id", { action: "replace", to: "none" }],
    ] as const) {
      sim.control.clearFaults();
      const fault = { kind: "field", row: 0, field, ...action };
      sim.control.addFaults({ match: { endpoint: "v3.scorecards", nth: 1 }, fault } as never);
      const pages = await read("scorecards");
      const unreadable = pages.flatMap((page) => page.unreadable);
      assert.equal(unreadable.length, 1, field);
      assert.equal(unreadable[0]!.field, field);
      assert.ok(deedsOf(pages).length >= whole.get("scorecards")!.length - 2);
    }
  });

  test("a refused list, a page that leads elsewhere, and one that never ends are errors", async () => {
    const { path } = RECRUITING_LISTS.scorecards;
    sim.control.patchScenario({ "v3.mostPerPage": 60 });
    for (const [fault, family] of [
      [{ kind: "status", status: 403 }, "refused"],
      [{ kind: "foreignLink", origin: "https://elsewhere.example" }, "invalid"],
      [{ kind: "loop" }, "invalid"],
      [{ kind: "garbled" }, "unreadable"],
    ] as const) {
      sim.control.clearFaults();
      sim.control.addFaults({ match: { path }, fault } as never);
      await assert.rejects(read("scorecards"), (error) => {
        assert.ok(error instanceof ConnectorError, `${fault.kind}: ${error}`);
        assert.equal(error.family, family, fault.kind);
        assert.doesNotMatch(error.message, /Kestrelheart/);
        return true;
      });
    }
  });
});
