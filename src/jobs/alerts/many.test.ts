/** Many alerts, many receivers, and what changes while a message waits or is under way: all of it is told, once, to whom it may be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ALERT_TOPICS, type AlertTopic, DEFAULT_TOPICS } from "../../model/alerts/alert.ts";
import { addAlerts } from "../../store/alerts/alerts.ts";
import { addDelivery, getDelivery, type NewDelivery, noteAttempt } from "../../store/alerts/deliveries.ts";
import { claimDelivery, DeliveryLost } from "../../store/alerts/delivery-leases.ts";
import {
  addDestination,
  changeDestination,
  type Destination,
  getDestination,
  removeDestination,
  saveDestinationSecret,
} from "../../store/alerts/destinations.ts";
import { deleteConnectionBatch, freezeConnection } from "../../store/connections/connections.ts";
import { Account, user } from "../../store/listings/listing-testing.ts";
import { compose } from "./compose.ts";
import { AlertRunner } from "./runner.ts";
import { alertHouse, answers, receiver } from "./testing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test("more than are looked at together: all are counted, and none keeps another topic's from being heard", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const topics = { ...DEFAULT_TOPICS, finding_opened: "at_once" } as const;
  const heard = Object.fromEntries(ALERT_TOPICS.map((topic) => [topic, 0])) as Record<AlertTopic, number>;
  const atOnce = await house.destination("slack", hook.url, { topics, heard });
  const daily = await house.destination("slack", hook.url, { heard });
  const many = Array.from({ length: 10_001 }, (_, i) => ({
    ...{ topic: "finding_opened" as const, text: `Number ${i}.`, rule: null, userId: null, path: "/x" },
  }));
  await house.store.write((tx) => addAlerts(tx, house.connection.id, many, house.clock.now));
  const countAt = async (id: number) =>
    (await house.deliveries(id)).map(({ lines, more }) => lines.length + more).reduce((a, b) => a + b, 0);
  await house.runner.round();
  assert.deepEqual([await countAt(atOnce), await countAt(daily)], [10_001, 0]);
  await house.happens();
  await house.runner.round();
  assert.deepEqual([await countAt(atOnce), await countAt(daily)], [10_002, 1]);
  house.clock.now = Date.parse("2026-11-27T08:00:00Z");
  await house.runner.round();
  assert.deepEqual([await countAt(atOnce), await countAt(daily)], [10_002, 10_002]);
});

test("reports: made once for all, one connection at a time; none of one that is gone meanwhile", async (t) => {
  const asked: string[] = [];
  let making = async (_id: number): Promise<void> => {};
  const house = await alertHouse(t, {
    async makeReport(_store, { id, name }) {
      asked.push(name);
      await making(id);
      return { subject: name, text: "", html: "", period: { from: "", to: "" } } as never;
    },
  });
  const hook = await receiver(t);
  for (const name of ["Bexhill", "Calder", "Dunmore"]) await house.connect(name);
  for (const id of [1, 2, 3, 4]) {
    const account = new Account(house.store, id);
    account.now = house.clock.now;
    await account.list("users", [user(1)]);
  }
  const ids = [await house.destination("slack", hook.url), await house.destination("slack", hook.url)];
  const subjects = async () =>
    (await Promise.all(ids.map((id) => house.deliveries(id)))).map((of) =>
      of.map(({ subject }) => subject).sort(),
    );

  house.clock.now = Date.parse("2026-11-30T08:00:00Z");
  // Whoever stops it waits for the one under way, and for no other.
  const stopped = new AlertRunner(house.deps, { mode: "none" });
  making = async () => void stopped.stop();
  await stopped.round();
  assert.deepEqual(asked, ["Aldermoor"]);
  making = async (id) => {
    if (id === 2) throw new Error("not now");
    if (id === 3) await house.store.write((tx) => deleteConnectionBatch(tx, id));
    if (id === 4) await house.store.write((tx) => freezeConnection(tx, id, house.clock.now));
  };
  await house.runner.round();
  assert.deepEqual(asked, ["Aldermoor", "Bexhill", "Calder", "Dunmore"]);
  assert.deepEqual(await subjects(), [["Aldermoor"], ["Aldermoor"]]);
  assert.ok((await getDestination(house.store.read, ids[0]!))!.heard.weekly_report < house.clock.now);
  making = async () => {};
  await new AlertRunner(house.deps, { mode: "none" }).round();
  assert.deepEqual(asked.splice(4), ["Bexhill"]);
  assert.deepEqual(await subjects(), Array(2).fill(["Aldermoor", "Bexhill"]));
  assert.equal((await getDestination(house.store.read, ids[0]!))!.heard.weekly_report, house.clock.now);
  const [listed] = await house.deliveries(ids[0]!);
  assert.ok(!("report" in listed!), "no list reads what is so long");
  assert.ok((await getDelivery(house.store.read, listed!.id))!.report);
});

test("of several connections the rest is told where one is lost or being deleted, with its own numbers", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const other = await house.connect("Bexhill");
  const both = [house.connection.id, other.id];
  const id = await house.destination("slack", hook.url, { connections: both });
  const made = async () => {
    for (let i = 0; i < 50; i++) await house.happens({ text: `Number ${i}.` }, both[i % 2]);
    await compose(house.deps, (await getDestination(house.store.read, id))!);
    const [delivery] = await house.deliveries(id);
    assert.deepEqual([delivery!.lines.length, delivery!.more], [20, 30]);
    assert.equal(delivery!.subject, "2 connections: Sync failed (50)");
  };
  const toldOfOne = async () => {
    await house.runner.round();
    const { body } = hook.got.at(-1)!;
    assert.match(body, /Aldermoor: Sync failed \(25\)/);
    assert.match(body, /and 15 more/);
    assert.doesNotMatch(body, /Bexhill|Number 1\./);
  };
  await made();
  await house.store.write((tx) => changeDestination(tx, id, { connections: [house.connection.id] }));
  await toldOfOne();
  await house.store.write((tx) => changeDestination(tx, id, { connections: null }));
  await made();
  await house.store.write((tx) => deleteConnectionBatch(tx, other.id));
  await toldOfOne();
  while (await house.store.write((tx) => deleteConnectionBatch(tx, other.id)));
  const [left] = await house.deliveries(id);
  assert.deepEqual([left!.lines.length, left!.more], [10, 15]);
  assert.equal(hook.got.length, 2);
});

test("receivers that are away get one attempt at a time, and hold up nobody", async (t) => {
  const house = await alertHouse(t);
  const [away, here] = [await receiver(t), await receiver(t)];
  const make = (destination: number, text: string) =>
    house.store.write((tx) => addDelivery(tx, message(destination, text, house.clock.now)));
  const dead: number[] = [];
  for (let i = 0; i < 4; i++) {
    const id = await house.destination("slack", away.url);
    dead.push(id);
    for (const text of ["first", "second", "third"]) await make(id, text);
  }
  const well = await house.destination("slack", here.url);
  await make(well, "well");
  away.next.push(...Array.from({ length: 8 }, () => answers(503)));
  await house.runner.round();
  assert.deepEqual([away.got.length, here.got.length], [4, 1]);
  await house.runner.round();
  assert.equal(away.got.length, 4, "nothing more before the next attempt is due");

  // One that it can't take holds up none behind it.
  house.clock.now += MINUTE;
  away.next.length = 0;
  away.next.push(...dead.map(() => answers(200)));
  await house.runner.round();
  const order = (await house.deliveries(dead[0]!)).map(({ state, failures }) => [state, failures]);
  assert.deepEqual(order, [
    ["delivered", 0],
    ["delivered", 0],
    ["delivered", 1],
  ]);
  assert.match(away.got[4]!.body, /second/);

  // Whoever wasn't tried for longest comes first, however old another's messages are.
  for (const id of dead) for (const text of ["fourth", "fifth"]) await make(id, text);
  house.clock.now += 1;
  await make(well, "well again");
  const before = away.got.length;
  let earlier = 0;
  here.next.push((response) => {
    earlier = away.got.length - before;
    response.end();
  });
  await house.runner.round();
  assert.ok(earlier < 8, `${earlier} of the others' came before it`);
  assert.equal(away.got.length - before, 8);
});

test("what changes while a message waits or is under way", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const quiet = { from: "20:00", to: "07:00" };
  const id = await house.destination("slack", hook.url, { schedule: { zone: "UTC", hour: 8, quiet } });
  const last = async () => (await house.deliveries(id))[0]!;

  // Made before the quiet hours, and not sent before they began.
  house.clock.now = Date.parse("2026-11-26T19:59:00Z");
  await house.happens();
  await compose(house.deps, (await getDestination(house.store.read, id))!);
  house.clock.now += 2 * MINUTE;
  await house.runner.round();
  assert.equal(hook.got.length, 0);
  await house.runner.deliver((await last()).id);
  assert.equal(hook.got.length, 1, "but by hand");
  house.clock.now = Date.parse("2026-11-27T12:00:00Z");

  // Another address was given while the old one said that it is gone.
  hook.next.push((response) => {
    house.store
      .write((tx) => saveDestinationSecret(tx, house.seal, id, "url", `${hook.url}-2`))
      .then(() => response.writeHead(410).end());
  });
  await house.happens();
  await house.runner.round();
  assert.equal((await getDestination(house.store.read, id))!.on, true);
  assert.equal((await last()).state, "waiting");
  const { deps, store, clock } = house;
  const claim = (early: boolean, of: number) =>
    store.write((tx) => claimDelivery(tx, of, { owner: "we", leaseMs: HOUR, now: clock.now, early }));
  assert.equal(await claim(false, (await last()).id), null, "not before it is due");
  clock.now += HOUR;
  await house.runner.round();
  assert.deepEqual([(await last()).state, hook.got.at(-1)!.path.endsWith("-2")], ["delivered", true]);

  // A fault of ours is an attempt that failed.
  await house.happens();
  const settings = { ...deps.settings, consoleUrl: "no address" };
  await new AlertRunner({ ...deps, settings }, { mode: "none" }).round();
  const faulty = await last();
  assert.deepEqual([faulty.state, faulty.failures], ["waiting", 1]);
  assert.match(faulty.attempts[0]!.text, /the log of the server says why/);

  // Removed while it is sent, and its id given again.
  const old = (await claim(true, faulty.id))!;
  const { id: _id, ...facts } = (await getDestination(store.read, id))!;
  const made = await store.write(async (tx) => {
    await removeDestination(tx, id);
    const again = await addDestination(tx, facts satisfies Omit<Destination, "id">);
    for (let made = 0; made < faulty.id; ) made = (await addDelivery(tx, message(again, "new", clock.now)))!;
    return faulty.id;
  });
  await claim(true, made);
  await store.write((tx) => tx.updateTable("delivery").set({ fence: old.fence }).execute());
  const next = { state: "delivered", dueAt: clock.now, failures: 0 } as const;
  const attempt = { at: clock.now, status: 200, text: "", ms: 1 };
  await assert.rejects(
    store.write((tx) => noteAttempt(tx, old, attempt, next)),
    DeliveryLost,
  );
  assert.equal((await getDelivery(store.read, made))!.state, "waiting");
});

let messages = 0;
const message = (destination: number, subject: string, now: number): NewDelivery => ({
  ...{ destination, kind: "report", messageId: `msg_${messages++}`, subject, lines: [], more: 0 },
  report: { text: subject, html: "", period: { from: "", to: "" } },
  ...{ saidAt: now, madeAt: now, about: [] },
});
