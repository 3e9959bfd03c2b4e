import assert from "node:assert/strict";
import { test } from "node:test";
import { dayZone } from "../../model/day.ts";
import { DEED_SOURCES, type Deed } from "../../model/recruiting.ts";
import { type Account, accounts } from "../listings/listing-testing.ts";
import { countDeeds, deedCoverage, deleteOldDeeds, recountDeeds, storeDeeds } from "./deeds.ts";
import { lastDeedsOf, recruitingDaysOf } from "./recruiting-use.ts";

const account = accounts();
const utc = dayZone("UTC");
const DAY = 86_400_000;
const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);

const deed = (rowId: number, when: string, more: Partial<Deed> = {}): Deed => ({
  source: "scorecard",
  rowId: String(rowId),
  userId: "7",
  at: at(when),
  ...more,
});

function keep(
  { store, connection }: Account,
  deeds: Deed[],
  claim: [number, number] | null = null,
  zone = utc,
) {
  const page = { deeds, claim: claim && { from: claim[0], to: claim[1] } };
  return store.write((tx) => storeDeeds(tx, connection, "scorecards", page, zone));
}

async function known(acme: Account, user = "7") {
  const { store, connection } = acme;
  const days = await recruitingDaysOf(store.read, connection, user, 0, 1_000_000);
  return {
    days: [...days].map(([day, counts]) => [
      new Date(day * DAY).toISOString().slice(8, 10),
      ...DEED_SOURCES.filter((source) => counts[source] > 0).map((source) => `${source} ${counts[source]}`),
    ]),
    last: (await lastDeedsOf(store.read, connection, user)).map(
      ({ source, at }) => `${source} ${new Date(at).toISOString().slice(8, 16)}`,
    ),
  };
}

test("deeds are counted by day, and the newest of each source is known; told again they change nothing", async () => {
  const acme = await account();
  const page = [
    deed(1, "12T09:00"),
    deed(2, "12T10:00"),
    deed(3, "14T08:00", { source: "approval" }),
    deed(1, "12T09:00", { source: "interview" }),
    deed(9, "13T09:00", { userId: "8" }),
  ];
  assert.deepEqual(await keep(acme, page, [0, 10]), { added: 5, changed: 0 });
  const once = await known(acme);
  assert.deepEqual(once, {
    days: [
      ["12", "scorecard 2", "interview 1"],
      ["14", "approval 1"],
    ],
    last: ["approval 14T08:00", "scorecard 12T10:00", "interview 12T09:00"],
  });
  assert.deepEqual(await keep(acme, [...page, ...page], [5, 20]), { added: 0, changed: 0 });
  assert.deepEqual(await known(acme), once);
  assert.equal(await countDeeds(acme.store.read, acme.connection, "scorecards"), 4);
  assert.deepEqual((await deedCoverage(acme.store.read, acme.connection, ["scorecards"])).get("scorecards"), [
    { from: 0, to: 20 },
  ]);
});

test("a deed that is told with a later time moves there, and leaves no empty day behind", async () => {
  const acme = await account();
  await keep(acme, [deed(1, "12T09:00"), deed(2, "13T09:00")]);
  assert.deepEqual(await keep(acme, [deed(1, "15T09:00"), deed(2, "11T09:00")]), { added: 0, changed: 1 });
  assert.deepEqual(await known(acme), {
    days: [
      ["13", "scorecard 1"],
      ["15", "scorecard 1"],
    ],
    last: ["scorecard 15T09:00"],
  });
});

test("a row that names somebody else adds their deed; the other's stays done", async () => {
  const acme = await account();
  await keep(acme, [deed(1, "12T09:00")]);
  await keep(acme, [deed(1, "13T09:00", { userId: "8" })]);
  assert.deepEqual((await known(acme)).last, ["scorecard 12T09:00"]);
  assert.deepEqual((await known(acme, "8")).last, ["scorecard 13T09:00"]);
});

test("ids of 64 bits stay exact", async () => {
  const acme = await account();
  const large = "9223372036854775807";
  await keep(acme, [deed(1, "12T09:00", { rowId: large, userId: large })]);
  assert.deepEqual(await keep(acme, [deed(1, "12T09:00", { rowId: large, userId: large })]), {
    added: 0,
    changed: 0,
  });
  assert.deepEqual((await known(acme, large)).last, ["scorecard 12T09:00"]);
});

test("deeds past their retention are deleted in parts; what was counted from them stays", async () => {
  const acme = await account();
  await keep(
    acme,
    [1, 2, 3, 4, 5].map((n) => deed(n, `1${n}T09:00`)),
  );
  const before = await known(acme);
  const drop = (limit: number) =>
    acme.store.write((tx) => deleteOldDeeds(tx, acme.connection, at("14T00:00"), limit));
  assert.deepEqual([await drop(2), await drop(2), await drop(2)], [2, 1, 0]);
  assert.equal(await countDeeds(acme.store.read, acme.connection, "scorecards"), 2);
  assert.deepEqual(await known(acme), before);
});

test("another time zone moves deeds to its days", async () => {
  const acme = await account();
  await keep(acme, [deed(1, "12T03:00"), deed(2, "12T23:30"), deed(3, "13T12:00")]);
  const days = async () => (await known(acme)).days.map(([day, count]) => `${day} ${count}`);
  assert.deepEqual(await days(), ["12 scorecard 2", "13 scorecard 1"]);
  await acme.store.write((tx) => recountDeeds(tx, acme.connection, dayZone("America/Los_Angeles"), null));
  assert.deepEqual(await days(), ["11 scorecard 1", "12 scorecard 1", "13 scorecard 1"]);
  await acme.store.write((tx) => recountDeeds(tx, acme.connection, utc, null));
  assert.deepEqual(await days(), ["12 scorecard 2", "13 scorecard 1"]);
});

test("another time zone leaves days whose deeds were deleted as they were counted, also where some are left", async () => {
  const acme = await account();
  await keep(acme, [
    deed(1, "10T12:00"),
    deed(2, "11T12:00"),
    deed(3, "12T05:00"),
    deed(4, "12T20:00"),
    deed(5, "14T02:00"),
    deed(6, "14T12:00"),
  ]);
  const cut = at("12T09:00");
  await acme.store.write((tx) => deleteOldDeeds(tx, acme.connection, cut, 100));
  await acme.store.write((tx) => recountDeeds(tx, acme.connection, dayZone("America/Los_Angeles"), cut));
  assert.deepEqual((await known(acme)).days, [
    ["10", "scorecard 1"],
    ["11", "scorecard 1"],
    ["12", "scorecard 2"],
    ["13", "scorecard 1"],
    ["14", "scorecard 1"],
  ]);
});
