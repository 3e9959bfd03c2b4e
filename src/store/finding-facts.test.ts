import assert from "node:assert/strict";
import { test } from "node:test";
import { dayZone } from "../model/day.ts";
import type { DeedSource } from "../model/recruiting.ts";
import { storeDeeds } from "./deeds.ts";
import { useAfterDeactivation } from "./finding-facts.ts";
import { accounts, user } from "./listing-testing.ts";
import { event, keep } from "./use-testing.ts";

const account = accounts();

test("use after deactivation: the newest of any source but replies, and only what lies after", async () => {
  const acme = await account();
  const people = [1, 2, 3, 4, 5].map((id) => user(id));
  await acme.list("users", people);
  await acme.list(
    "users",
    people.map((each) => ({ ...each, deactivated: each.id !== "5" })),
  );
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
          deed("2", "approval", seen + 3),
          deed("3", "reply", seen + 30),
          deed("4", "rejection", seen - 10),
          deed("5", "scorecard", seen + 40),
        ],
        claim: null,
      },
      dayZone("UTC"),
    ),
  );
  const found = await useAfterDeactivation(acme.store.read, acme.connection, 10);
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
    ],
  );
  assert.equal((await useAfterDeactivation(acme.store.read, acme.connection, 1)).length, 1);
});
