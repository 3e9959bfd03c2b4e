import assert from "node:assert/strict";
import { test } from "node:test";
import { dayZone } from "../../model/day.ts";
import type { DeedSource } from "../../model/recruiting.ts";
import { accounts, user } from "../listings/listing-testing.ts";
import { storeDeeds } from "../usage/deeds.ts";
import { event, keep } from "../usage/use-testing.ts";
import { watchedEvents } from "../usage/watched.ts";
import { newSiteAdmins, useAfterDeactivation } from "./finding-facts.ts";

const account = accounts();

test("use after deactivation: the newest of what proves it, and only what lies after, by their clock", async () => {
  const acme = await account();
  const people = [1, 2, 3, 4, 5].map((id) => user(id));
  // Who was deactivated in the first listing has been seen so since then.
  const before = user(6, { deactivated: true });
  await acme.list("users", [...people, before]);
  const first = acme.now;
  await acme.list("users", [...people.map((each) => ({ ...each, deactivated: each.id !== "5" })), before]);
  const seen = acme.now;
  const deed = (userId: string, source: DeedSource, at: number) => ({
    source,
    userId,
    at,
    rowId: `${userId}${at % 97}`,
  });
  await keep(acme, [event(seen - 1, { performerId: "1" }), event(seen + 5, { performerId: "2" })]);
  await acme.store.write((tx) =>
    storeDeeds(
      tx,
      acme.connection,
      "scorecards",
      {
        deeds: [
          deed("1", "scorecard", seen + 10),
          deed("1", "reply", seen + 20),
          deed("1", "interview", seen + 21),
          deed("1", "scheduling", seen + 22),
          deed("2", "approval", seen + 3),
          deed("3", "reply", seen + 30),
          deed("4", "rejection", seen - 10),
          deed("5", "scorecard", seen + 40),
          deed("6", "rejection", seen + 2),
        ],
        claim: null,
      },
      dayZone("UTC"),
    ),
  );
  const after = (skewMs: number, limit = 10) =>
    useAfterDeactivation(acme.store.read, acme.connection, { skewMs, limit });
  const found = await after(0);
  assert.deepEqual(
    found.map(({ id, source, usedAt, deactivatedSeenAt }) => [
      id,
      source,
      usedAt - seen,
      deactivatedSeenAt - seen,
    ]),
    [
      ["1", "scorecard", 10, 0],
      ["2", "audit_log", 5, 0],
      ["6", "rejection", 2, first - seen],
    ],
  );
  assert.equal((await after(0, 1)).length, 1);
  // Their clock is ahead: what they date as later was before.
  assert.deepEqual(
    (await after(7)).map(({ id }) => id),
    ["1", "6"],
  );
});

test("who comes back into the listing as the Site Admin that they were has become nothing", async () => {
  const acme = await account();
  const admins = [1, 2, 3].map((id) => user(id, { siteAdmin: true }));
  const others = [4, 5].map((id) => user(id));
  await acme.list("users", [...admins, ...others]);
  await acme.list("users", [admins[0]!, admins[1]!, others[0]!]);
  await acme.list("users", [...admins, others[0]!, { ...others[1]!, siteAdmin: true }]);
  const became = async (since: number, also: string[] = []) =>
    (await newSiteAdmins(acme.store.read, acme.connection, { since, also, skewMs: 0 })).map(
      ({ id, added }) => [id, added],
    );
  assert.deepEqual(await became(0), [["5", false]]);
  assert.deepEqual(await became(acme.now + 1), []);
  // Long ago, and found then.
  assert.deepEqual(await became(acme.now + 1, ["3", "5"]), [["5", false]]);
});

test("the log tells of Site Admins of before the first listing, and of the moment and the doer of a later one", async () => {
  const acme = await account();
  const people = [1, 2, 3, 4].map((id) => user(id, { siteAdmin: id < 4, name: `User no. ${id}` }));
  await acme.list("users", people);
  const first = acme.now;
  await acme.list("users", [...people.slice(0, 3), { ...people[3]!, siteAdmin: true }, user(5)]);
  const seen = acme.now;
  const skewMs = 7 * 60_000;
  const made = (target: number, at: number, facts: object = {}) =>
    event(at + skewMs, {
      type: "data_change_update",
      targetType: "User",
      targetId: String(target),
      meta: { site_admin: [false, true] },
      ...facts,
    });
  await keep(acme, [
    made(1, first - 500_000),
    made(2, first - 400_000, { performerType: "greenhouse_internal", performerId: "77" }),
    // Nothing of it makes anybody one: taken back, another field, no target that is a user, somebody who is none.
    made(3, first - 300_000, { meta: { site_admin: [true, false] } }),
    made(3, first - 290_000, { meta: { email: ["a", "b"] } }),
    made(3, first - 280_000, { targetId: "everybody" }),
    made(5, first - 270_000),
    // Two changes of one user within the interval: which of them made the Site Admin is told by what it holds.
    made(4, seen - 2_000, { meta: { email: ["a", "b"] } }),
    made(4, seen - 1_000, { performerId: "3" }),
  ]);
  const found = async (since: number, also: string[] = []) => {
    const told = await newSiteAdmins(acme.store.read, acme.connection, { since, also, skewMs });
    return told
      .map(({ id, seenAt, eventAt, by }) => [id, seenAt, eventAt! - skewMs, by])
      .sort((a, b) => Number(a[0]) - Number(b[0]));
  };
  const [one, two] = [
    ["1", null, first - 500_000, "User no. 1"],
    ["2", null, first - 400_000, "Greenhouse staff"],
  ];
  const four = ["4", seen, seen - 1_000, "User no. 3"];
  assert.deepEqual(await found(first - 600_000), [one, two, four]);
  assert.deepEqual(await found(first - 450_000), [two, four]);
  assert.deepEqual(await found(first - 450_000, ["1"]), [one, two, four], "found before, it stays");
  await acme.store.write((tx) => tx.deleteFrom("event").execute());
  assert.deepEqual(await found(first - 600_000), [one, two, four], "when the log is forgotten too");
  // API keys and webhooks are another matter.
  assert.deepEqual(await watchedEvents(acme.store.read, acme.connection, 9), []);
});
