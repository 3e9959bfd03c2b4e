/** From what happened to what a receiver gets: once, to whom, and when. Receivers that fail: receivers.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { weeklyReport } from "../../alerts/report/report.ts";
import { DEFAULT_TOPICS } from "../../model/alerts/alert.ts";
import { deleteOldAlerts } from "../../store/alerts/alerts.ts";
import { deleteOldDeliveries } from "../../store/alerts/deliveries.ts";
import { freeDeliveries } from "../../store/alerts/delivery-leases.ts";
import { getDestination } from "../../store/alerts/destinations.ts";
import { deleteConnectionBatch } from "../../store/connections/connections.ts";
import { Account, user } from "../../store/listings/listing-testing.ts";
import { createMember, deleteMember, limitMember, setRole } from "../../store/members/members.ts";
import { compose } from "./compose.ts";
import { AlertRunner } from "./runner.ts";
import { alertHouse, answers, mailbox, receiver } from "./testing.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("what happens goes out once, to whoever listened before", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  await house.happens({ text: "Before anybody listened." });
  const id = await house.destination("webhook", hook.url);
  await house.runner.round();
  assert.equal(hook.got.length, 0);

  await house.happens({ text: "First.", path: "/integrations/1" });
  await house.happens({ topic: "needs_attention", text: "Second." });
  await house.runner.round();
  await house.runner.round();
  assert.equal(hook.got.length, 1, "both in one message, and once");
  const body = JSON.parse(hook.got[0]!.body);
  assert.equal(body.version, 1);
  assert.equal(body.type, "alerts");
  assert.deepEqual(
    body.alerts.map(({ topic, text, connection, url }: Record<string, unknown>) => [
      topic,
      text,
      connection,
      url,
    ]),
    [
      [
        "sync_failed",
        "First.",
        { id: house.connection.id, name: "Aldermoor" },
        "https://glasshouse.example.com/integrations/1",
      ],
      [
        "needs_attention",
        "Second.",
        { id: house.connection.id, name: "Aldermoor" },
        "https://glasshouse.example.com/x",
      ],
    ],
  );
  const [delivery] = await house.deliveries(id);
  assert.equal(delivery!.state, "delivered");
  assert.deepEqual(
    delivery!.attempts.map(({ status, text }) => [status, text]),
    [[200, "200: ok"]],
  );
});

test("many at once are one message for people, and all of them for programs", async (t) => {
  const house = await alertHouse(t);
  const [slack, hook] = [await receiver(t), await receiver(t)];
  const people = await house.destination("slack", slack.url);
  await house.destination("webhook", hook.url);
  for (let i = 1; i <= 105; i++) await house.happens({ text: `Number ${i}.` });
  await house.runner.round();
  assert.equal(slack.got.length, 1);
  const [told] = await house.deliveries(people);
  assert.equal(told!.lines.length, 20);
  assert.equal(told!.more, 85);
  assert.equal(told!.subject, "Aldermoor: Sync failed (105)");
  assert.match(slack.got[0]!.body, /and 85 more/);
  const heard = hook.got.flatMap(({ body }) =>
    JSON.parse(body).alerts.map(({ text }: { text: string }) => text),
  );
  assert.equal(hook.got.length, 2);
  assert.deepEqual(
    heard,
    Array.from({ length: 105 }, (_, i) => `Number ${i + 1}.`),
  );
});

test("what happens at once in many places is told once each, and nothing is passed over", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  await house.destination("webhook", hook.url);
  const places = await Promise.all(["Bexhill", "Calder", "Dunmore"].map((name) => house.connect(name)));
  const writing = Promise.all(
    Array.from({ length: 30 }, (_, i) => house.happens({ text: `Number ${i}.` }, places[i % 3]!.id)),
  );
  for (let done = false; !done; ) {
    done = await Promise.race([writing.then(() => true), house.runner.round().then(() => false)]);
  }
  await house.runner.round();
  const alerts = hook.got.flatMap(({ body }) => JSON.parse(body).alerts as { id: number; text: string }[]);
  assert.equal(new Set(alerts.map(({ text }) => text)).size, 30);
  assert.deepEqual(
    alerts.map(({ id }) => id),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
});

test("410: it is switched off, with the reason, and nothing more goes there", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("webhook", hook.url);
  hook.next.push(answers(503), answers(410));
  await house.happens();
  await house.runner.round();
  await house.happens();
  await house.runner.round();
  const off = (await getDestination(house.store.read, id))!;
  assert.equal(off.on, false);
  assert.match(off.offReason!, /410/);
  assert.deepEqual(
    (await house.deliveries(id)).map(({ state }) => state),
    ["given_up", "dropped"],
  );
  await house.happens();
  house.clock.now += DAY;
  await house.runner.round();
  assert.equal(hook.got.length, 2);
});

// --- kills, and other processes

test("killed anywhere, none is lost, and a repeated one has its id", async (t) => {
  for (const point of ["alerts_composed", "delivery_claimed", "delivery_sent", "delivery_noted"] as const) {
    await t.test(point, async (t) => {
      let armed = true;
      const house = await alertHouse(t, {
        onPoint(at) {
          if (at === point && armed) throw new Error("killed");
        },
      });
      const hook = await receiver(t);
      const id = await house.destination("webhook", hook.url);
      await house.happens();
      await house.runner.round();
      armed = false;
      // The next start.
      await house.store.write((tx) => freeDeliveries(tx));
      await new AlertRunner(house.deps, { mode: "none" }).round();
      const found = await house.deliveries(id);
      assert.equal(found.length, 1);
      assert.equal(found[0]!.state, "delivered");
      assert.equal(hook.got.length, point === "delivery_sent" ? 2 : 1);
      assert.equal(new Set(hook.got.map(({ headers }) => headers["webhook-id"])).size, 1);
    });
  }
});

test("of several processes one makes a message, and one sends it", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("webhook", hook.url);
  const runners = Array.from(
    { length: 4 },
    (_, i) => new AlertRunner({ ...house.deps, owner: `process ${i}` }, { mode: "none" }),
  );
  for (let i = 0; i < 5; i++) {
    await house.happens({ text: `Number ${i}.` });
    await Promise.all(runners.map((runner) => runner.round()));
  }
  assert.equal(hook.got.length, 5);
  assert.equal((await house.deliveries(id)).length, 5);
});

// --- when

test("quiet hours, digests and retries go by the destination's clock", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const schedule = { zone: "Europe/Berlin", hour: 8, quiet: { from: "20:00", to: "09:00" } };
  const topics = { ...DEFAULT_TOPICS, finding_opened: "daily", finding_closed: "weekly" } as const;
  const id = await house.destination("webhook", hook.url, { schedule, topics });
  const at = async (time: string) => {
    house.clock.now = Date.parse(time);
    await house.runner.round();
    return hook.got
      .splice(0)
      .map(({ body }) => JSON.parse(body).alerts.map((each: { text: string }) => each.text));
  };
  // Thursday, 20:30 there.
  house.clock.now = Date.parse("2026-11-26T19:30Z");
  await house.happens({ topic: "sync_failed", text: "at once" });
  await house.happens({ topic: "finding_opened", text: "daily" });
  await house.happens({ topic: "finding_closed", text: "weekly" });
  assert.deepEqual(await at("2026-11-26T19:30Z"), []);
  assert.deepEqual(await at("2026-11-27T07:59Z"), [], "its hour lies in the quiet ones");
  assert.deepEqual(await at("2026-11-27T08:00Z"), [["at once", "daily"]]);
  house.clock.now = Date.parse("2026-11-27T18:30Z");
  hook.next.push(answers(500));
  await house.happens({ topic: "sync_failed", text: "fails" });
  await at("2026-11-27T18:59Z");
  const [failed] = await house.deliveries(id);
  assert.equal(
    new Date(failed!.dueAt).toISOString(),
    "2026-11-28T08:00:00.000Z",
    "tried again after the quiet hours",
  );
  assert.deepEqual(await at("2026-11-28T08:00Z"), [["fails"]]);
  assert.deepEqual(await at("2026-11-30T08:00Z"), [["weekly"]], "Monday");
});

// --- who may hear

test("a member hears only of what they may see now, and nothing once they are gone", async (t) => {
  const mail = await mailbox(t);
  const settings = {
    mailServer: mail.settings,
    webhooksToPrivate: false,
    consoleUrl: "https://g.example.com",
  };
  const house = await alertHouse(t, { settings });
  const other = await house.connect("Bexhill");
  const member = await house.store.write(async (tx) => {
    const facts = {
      email: "ada@aldermoor.example",
      name: "Ada",
      role: "viewer",
      password: null,
      now: 0,
    } as const;
    const id = await createMember(tx, facts);
    await limitMember(tx, id, [house.connection.id]);
    return id;
  });
  const id = await house.destination("email", "", { address: null, ownerId: member });
  await house.happens({ text: "Theirs." });
  await house.happens({ text: "Not theirs." }, other.id);
  await house.runner.round();
  assert.equal(mail.got.length, 1);
  assert.deepEqual(mail.got[0]!.to, ["ada@aldermoor.example"]);
  assert.match(mail.got[0]!.raw, /Theirs\./);
  assert.doesNotMatch(mail.got[0]!.raw, /Not theirs/);

  // Made, but not sent yet: what was taken away meanwhile isn't told.
  await house.happens({ text: "Too late." });
  await compose(house.deps, (await getDestination(house.store.read, id))!);
  await house.store.write((tx) => limitMember(tx, member, [other.id]));
  await house.runner.round();
  assert.equal((await house.deliveries(id))[0]!.state, "dropped");

  await house.store.write((tx) => setRole(tx, member, null));
  await house.happens({}, other.id);
  await house.runner.round();
  await house.store.write((tx) => setRole(tx, member, "viewer"));
  await house.runner.round();
  assert.equal(mail.got.length, 1, "what happened while nobody might hear it isn't told later");

  await house.store.write((tx) => deleteMember(tx, member));
  assert.equal(await getDestination(house.store.read, id), null);
  for (const table of ["delivery", "delivery_connection", "destination_connection"] as const) {
    assert.equal((await house.store.read.selectFrom(table).selectAll().execute()).length, 0, table);
  }
});

test("of a deleted connection nothing is told, and nothing stays", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const other = await house.connect("Bexhill");
  const id = await house.destination("webhook", hook.url, { connections: null });
  hook.next.push(answers(503));
  await house.happens({ text: "Of Aldermoor." });
  await house.happens({ text: "Of Bexhill." }, other.id);
  await house.runner.round();
  await house.happens({ text: "Of Bexhill alone." }, other.id);
  while (await house.store.write((tx) => deleteConnectionBatch(tx, other.id)));
  house.clock.now += DAY;
  await house.runner.round();
  const found = await house.deliveries(id);
  assert.equal(found.length, 1);
  assert.deepEqual(
    found[0]!.lines.map(({ text }) => text),
    ["Of Aldermoor."],
  );
  assert.doesNotMatch(hook.got.at(-1)!.body, /Bexhill/);
  // An id is given once: what comes after a deletion isn't taken for heard.
  await house.happens({ text: "After it." });
  await house.runner.round();
  assert.match(hook.got.at(-1)!.body, /After it/);
});

test("what is old goes, and what waits stays", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("webhook", hook.url);
  await house.happens();
  await house.runner.round();
  hook.next.push(answers(503));
  await house.happens();
  await house.runner.round();
  const { store, clock } = house;
  const later = clock.now + 91 * DAY;
  assert.equal(await store.write((tx) => deleteOldDeliveries(tx, later, 100)), 1);
  assert.equal(await store.write((tx) => deleteOldAlerts(tx, later, 100)), 2);
  assert.deepEqual(
    (await house.deliveries(id)).map(({ state }) => state),
    ["waiting"],
  );
  await house.happens();
  clock.now += HOUR;
  await house.runner.round();
  assert.equal((await house.deliveries(id))[0]!.state, "delivered");
});

test("the weekly report comes on Monday at the destination's hour: one mail a connection that was read, once a week", async (t) => {
  const mail = await mailbox(t);
  const house = await alertHouse(t, {
    makeReport: weeklyReport,
    settings: {
      mailServer: mail.settings,
      webhooksToPrivate: false,
      consoleUrl: "https://glasshouse.example.com",
    },
  });
  await house.connect("Never read");
  const account = new Account(house.store, house.connection.id);
  account.now = house.clock.now;
  await account.list("users", [user(1), user(2)]);
  await house.destination("email", "lead@aldermoor.example");
  const mailsAt = async (time: string) => {
    house.clock.now = Date.parse(time);
    const before = mail.got.length;
    await house.runner.round();
    await house.runner.round();
    return mail.got.slice(before).map(({ to, raw }) => [to, raw.replace(/\r\n[ \t]+/g, " ")] as const);
  };
  assert.deepEqual(await mailsAt("2026-11-29T23:00:00Z"), []);
  assert.deepEqual(await mailsAt("2026-11-30T07:59:00Z"), []);
  const [first, ...more] = await mailsAt("2026-11-30T08:00:00Z");
  assert.deepEqual(more, []);
  const [to, raw] = first!;
  assert.deepEqual(to, ["lead@aldermoor.example"]);
  assert.match(raw, /^Subject: Weekly report on Greenhouse, Aldermoor, 23 to 29 Nov 2026\r?$/m);
  assert.match(raw, /^Content-Type: text\/plain/m);
  assert.match(raw, /^Content-Type: text\/html/m);
  assert.match(
    raw.replace(/\r\n/g, " "),
    /of 2 active people uses Greenhouse is not known: use was never read/,
  );
  assert.deepEqual(await mailsAt("2026-11-30T09:00:00Z"), []);
  const next = await mailsAt("2026-12-07T08:30:00Z");
  assert.equal(next.length, 1);
  assert.match(next[0]![1], /^Subject: .*Aldermoor, 30 Nov to 6 Dec 2026\r?$/m);
});
