/** Destinations and messages, asked for over real HTTP: who may, what is shown, and that no secret is. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { pino } from "pino";
import { checkUrl } from "../../alerts/guard.ts";
import { weeklyReport } from "../../alerts/report/report.ts";
import { AlertRunner } from "../../jobs/alerts/runner.ts";
import { answers, mailbox, receiver } from "../../jobs/alerts/testing.ts";
import { addAlerts } from "../../store/alerts/alerts.ts";
import { addDelivery, undelivered } from "../../store/alerts/deliveries.ts";
import { noteAttempt } from "../../store/members/attempts.ts";
import { limitMember } from "../../store/members/members.ts";
import { KeyRing } from "../../store/secrets/seal.ts";
import { office } from "../office-testing.ts";

type TestContext = Parameters<typeof office>[0];
const HOUR = 3_600_000;

/** An office whose messages really go out. */
async function sending(t: TestContext, { toPrivate = true } = {}) {
  const mail = await mailbox(t);
  const seal = new KeyRing([randomBytes(32)]);
  let runner: AlertRunner | null = null;
  const house = await office(t, {
    seal,
    alerts: {
      mailServer: true,
      consoleUrl: "https://glasshouse.example.com",
      deliver: (id) => runner!.deliver(id),
      changed: () => {},
      checkAddress: async (url) => checkUrl(url, toPrivate),
    },
  });
  const settings = {
    mailServer: mail.settings,
    webhooksToPrivate: toPrivate,
    consoleUrl: "https://glasshouse.example.com",
  };
  const log = pino({ level: "silent" });
  runner = new AlertRunner(
    {
      ...{
        store: house.store,
        seal,
        log,
        owner: "the test",
        makeReport: weeklyReport,
        timeoutMs: 10_000,
        settings,
      },
      now: () => house.clock.now,
    },
    { mode: "none" },
  );
  const happens = (connection: number, text: string) =>
    house.store.write((tx) =>
      addAlerts(
        tx,
        connection,
        [{ topic: "sync_failed", text, rule: null, userId: null, path: "/integrations/1" }],
        house.clock.now,
      ),
    );
  return { ...house, mail, runner, happens };
}

const HOOK = { channel: "webhook", name: "SIEM", own: false } as const;
const OWN = { channel: "email", name: "Mine", own: true } as const;

test("an admin makes a webhook: its secret is shown once, its address never again", async (t) => {
  const house = await sending(t);
  const { ask, somebody, store, trail } = house;
  const hook = await receiver(t);
  const admin = await somebody("admin");
  const url = `http://user-agent.invalid/a/very-secret-path-of-it`;
  const { body } = await ask(admin.headers, "POST /destinations", { ...HOOK, url: hook.url }, 201);
  assert.match(body.secret, /^whsec_[\w+/]{43}=$/);
  assert.equal(body.where, `127.0.0.1:${hook.port}/…/s3cr…`);
  assert.equal(body.topics.finding_opened, "daily");
  const changed = await ask(admin.headers, `PATCH /destinations/${body.id}`, { url }, 200);
  assert.equal(changed.body.where, "user-agent.invalid/…/very…");
  await ask(admin.headers, `PATCH /destinations/${body.id}`, { url: hook.url }, 200);
  const rotated = await ask(admin.headers, `POST /destinations/${body.id}/secret`, undefined, 200);
  assert.notEqual(rotated.body.secret, body.secret);
  assert.equal(Date.parse(rotated.body.oldEndsAt) - house.clock.now, 24 * HOUR);

  const tested = await ask(admin.headers, `POST /destinations/${body.id}/test`, undefined, 201);
  assert.equal(tested.body.state, "delivered");
  assert.equal(
    hook.got[0]!.headers["webhook-signature"]!.split(" ").length,
    2,
    "both secrets sign for a day",
  );
  house.clock.now += 24 * HOUR;
  const later = await house.session(admin.id);
  await ask(later, `POST /destinations/${body.id}/test`, undefined, 201);
  assert.equal(hook.got[1]!.headers["webhook-signature"]!.split(" ").length, 1);

  const shown = await ask(later, "GET /destinations", undefined, 200);
  const rows = await Promise.all(
    (["destination", "destination_secret", "delivery", "trail"] as const).map((table) =>
      store.read.selectFrom(table).selectAll().execute(),
    ),
  );
  for (const text of [JSON.stringify(shown.body), JSON.stringify(rows), JSON.stringify(await trail())]) {
    for (const secret of [body.secret, rotated.body.secret, "s3cr3t-of-the-receiver", "very-secret"]) {
      assert.ok(!text.includes(secret), secret);
    }
  }
  assert.deepEqual((await trail()).map(({ action, target }) => `${action} ${target}`).slice(0, 6), [
    "testDestination SIEM",
    "testDestination SIEM",
    "rotateWebhookSecret SIEM",
    "updateDestination SIEM",
    "updateDestination SIEM",
    "addDestination SIEM",
  ]);
  const moved = (await trail()).filter(({ action }) => action === "updateDestination");
  assert.deepEqual(moved.at(-1)!.details, { changed: "url", where: "user-agent.invalid/…/very…" });
});

test("a member has own e-mail alone, and sees nobody else's", async (t) => {
  const { ask, somebody, machine, connect, mail } = await sending(t);
  const seen = await connect("Aldermoor");
  const hidden = await connect("Bexhill");
  const [admin, viewer, other] = [
    await somebody("admin"),
    await somebody("viewer", [seen]),
    await somebody("operator"),
  ];
  const REFUSED: [string, object, string][] = [
    ["a webhook", { ...HOOK, url: "https://hooks.example.com/x" }, "not_allowed"],
    [
      "another address",
      { channel: "email", name: "A", own: false, address: "eve@evil.example" },
      "not_allowed",
    ],
    ["own, at another address", { ...OWN, address: "eve@evil.example" }, "invalid_request"],
    [
      "own Slack",
      { channel: "slack", name: "A", own: true, url: "https://hooks.example.com/x" },
      "invalid_request",
    ],
    ["a connection that they don't see", { ...OWN, connections: [hidden] }, "connection_not_found"],
    ["a zone that there isn't", { ...OWN, zone: "Mars/Olympus" }, "invalid_request"],
    ["a strange quiet hour", { ...OWN, quiet: { from: "25:00", to: "07:00" } }, "invalid_request"],
    ["a topic that there isn't", { ...OWN, topics: { lunch: "daily" } }, "invalid_request"],
    ["a report at once", { ...OWN, topics: { weekly_report: "at_once" } }, "invalid_request"],
    ["a name of two lines", { ...OWN, name: "a\nb" }, "invalid_request"],
  ];
  for (const [name, body, code] of REFUSED) {
    assert.equal((await ask(viewer.headers, "POST /destinations", body)).code, code, name);
  }
  await connect("99");
  const named = await ask(admin.headers, "POST /destinations", { ...OWN, connections: [99] });
  assert.equal(named.code, "connection_not_found", "what is only named so");
  const mine = (await ask(viewer.headers, "POST /destinations", { ...OWN, connections: [seen] }, 201)).body;
  assert.deepEqual([mine.where, mine.own, mine.mine, mine.secret], [viewer.email, true, true, null]);
  const tested = await ask(viewer.headers, `POST /destinations/${mine.id}/test`, undefined, 201);
  assert.equal(tested.body.state, "delivered");
  assert.deepEqual(mail.got[0]!.to, [viewer.email]);
  assert.equal((await ask(viewer.headers, `POST /destinations/${mine.id}/secret`)).code, "not_allowed");
  assert.equal(
    (await ask(viewer.headers, `PATCH /destinations/${mine.id}`, { address: "eve@evil.example" })).code,
    "not_possible",
  );

  for (const call of [
    `GET /destinations/${mine.id}`,
    `PATCH /destinations/${mine.id}`,
    `DELETE /destinations/${mine.id}`,
    `POST /destinations/${mine.id}/test`,
    `GET /deliveries?destination=${mine.id}`,
  ]) {
    const body = call.startsWith("PATCH") ? { name: "Theirs" } : undefined;
    assert.equal((await ask(other.headers, call, body)).code, "destination_not_found", call);
  }
  for (const call of [`GET /deliveries/${tested.body.id}`, `POST /deliveries/${tested.body.id}/replay`]) {
    assert.equal((await ask(other.headers, call)).code, "delivery_not_found", call);
  }
  assert.deepEqual((await ask(other.headers, "GET /destinations", undefined, 200)).body.items, []);
  assert.deepEqual((await ask(other.headers, "GET /deliveries", undefined, 200)).body.items, []);
  const all = (await ask(admin.headers, "GET /destinations", undefined, 200)).body.items;
  assert.deepEqual(
    all.map(({ id, mine, owner }: { id: number; mine: boolean; owner: { id: number } }) => [
      id,
      mine,
      owner.id,
    ]),
    [[mine.id, false, viewer.id]],
  );
  await ask(admin.headers, `PATCH /destinations/${mine.id}`, { on: false }, 200);
  assert.equal((await ask(viewer.headers, `POST /destinations/${mine.id}/test`)).code, "not_possible");
  await ask(viewer.headers, `DELETE /destinations/${mine.id}`, undefined, 200);
  assert.equal((await machine("POST /destinations", OWN)).code, "not_possible", "nobody's mailbox");
  const address = "siem@aldermoor.example";
  assert.equal(
    (await machine("POST /destinations", { channel: "email", name: "SOC", address })).body.where,
    address,
  );
});

test("addresses within are refused when they are given", async (t) => {
  const { ask, somebody } = await sending(t, { toPrivate: false });
  const { headers } = await somebody("admin");
  for (const url of ["https://127.0.0.1/x", "http://hooks.example.com/x", "https://169.254.169.254/latest"]) {
    const answer = await ask(headers, "POST /destinations", { ...HOOK, url });
    assert.deepEqual([answer.status, answer.code], [422, "address_refused"], url);
    assert.match(answer.body.error.message, /GLASSHOUSE_WEBHOOKS_TO_PRIVATE=true/);
  }
  const made = await ask(headers, "POST /destinations", { ...HOOK, url: "https://hooks.example.com/x" }, 201);
  const moved = await ask(headers, `PATCH /destinations/${made.body.id}`, { url: "https://[::1]/x" });
  assert.equal(moved.code, "address_refused");
  assert.equal(
    (await ask(headers, `PATCH /destinations/${made.body.id}`, { address: "a@b.example" })).code,
    "not_possible",
  );
});

test("messages are listed newest first with every attempt, and can be sent again", async (t) => {
  const { ask, somebody, connect, runner, happens, clock, store } = await sending(t);
  const hook = await receiver(t);
  const { headers } = await somebody("admin");
  const connection = await connect("Aldermoor");
  const { body: made } = await ask(headers, "POST /destinations", { ...HOOK, url: hook.url }, 201);
  hook.next.push(answers(503));
  for (const text of ["First.", "Second.", "Third."]) {
    await happens(connection, text);
    await runner.round();
    clock.now += 1_000;
  }
  const first = (await ask(headers, "GET /deliveries?limit=2", undefined, 200)).body;
  const rest = (await ask(headers, `GET /deliveries?limit=2&cursor=${first.nextCursor}`, undefined, 200))
    .body;
  const told = [...first.items, ...rest.items].map(({ lines }) => lines[0].text);
  assert.deepEqual([told, rest.nextCursor], [["Third.", "Second.", "First."], null]);
  assert.equal((await ask(headers, "GET /deliveries?cursor=nonsense")).code, "invalid_cursor");
  const [waiting] = (await ask(headers, "GET /deliveries?state=waiting", undefined, 200)).body.items;
  assert.deepEqual(
    [waiting.lines[0].text, waiting.attempts[0].status, waiting.attempts[0].text],
    ["First.", 503, "503"],
  );
  assert.ok(Date.parse(waiting.nextAt) > clock.now);

  const again = (await ask(headers, `POST /deliveries/${waiting.id}/replay`, undefined, 201)).body;
  assert.deepEqual([again.id, again.state], [waiting.id, "delivered"], "one that waits is tried at once");
  clock.now += HOUR;
  const replayed = (await ask(headers, `POST /deliveries/${waiting.id}/replay`, undefined, 201)).body;
  assert.deepEqual([replayed.replayOf, replayed.messageId], [waiting.id, waiting.messageId]);
  const [one, other] = hook.got.filter(({ headers: of }) => of["webhook-id"] === waiting.messageId).slice(-2);
  assert.equal(one!.body, other!.body);
  assert.notEqual(one!.headers["webhook-timestamp"], other!.headers["webhook-timestamp"]);
  const { body } = await ask(headers, `GET /destinations/${made.id}`, undefined, 200);
  assert.deepEqual([body.lastDelivery.id, body.lastDelivery.state], [replayed.id, "delivered"]);
  const id = await store.write((tx) =>
    addDelivery(tx, {
      ...{
        destination: made.id,
        kind: "report",
        messageId: "msg_report",
        subject: "Weekly report",
        lines: [],
      },
      report: {
        text: "Who uses it: 12 of 40.",
        html: "<p>",
        period: { from: "2026-11-16", to: "2026-11-22" },
      },
      ...{
        more: 0,
        saidAt: clock.now,
        madeAt: clock.now,
        about: [{ connection, name: "Aldermoor", topics: {} }],
      },
    }),
  );
  const report = (await ask(headers, `GET /deliveries/${id}`, undefined, 200)).body;
  assert.equal(report.report, "Who uses it: 12 of 40.");
  const [listed] = (await ask(headers, "GET /deliveries?limit=1", undefined, 200)).body.items;
  assert.deepEqual([listed.id, listed.report], [id, null]);
  assert.deepEqual(await undelivered(store.read, clock.now), { waiting: 1, givenUp: 0 });
});

test("what was never asked for, or came while it was off, is told by no message later", async (t) => {
  const { ask, somebody, connect, runner, happens } = await sending(t);
  const hook = await receiver(t);
  const { headers } = await somebody("admin");
  const connection = await connect("Aldermoor");
  const topics = { sync_failed: "never" };
  const { body: made } = await ask(headers, "POST /destinations", { ...HOOK, url: hook.url, topics }, 201);
  const change = (body: object) => ask(headers, `PATCH /destinations/${made.id}`, body, 200);
  await happens(connection, "Not asked for.");
  await change({ topics: { sync_failed: "at_once" } });
  await runner.round();
  await change({ on: false });
  await happens(connection, "While off.");
  await runner.round();
  await change({ on: true });
  await runner.round();
  assert.equal(hook.got.length, 0);
  await happens(connection, "News.");
  await runner.round();
  assert.match(hook.got[0]!.body, /News\./);
  assert.doesNotMatch(hook.got[0]!.body, /While off|Not asked/);
});

test("a member whose rights shrank sees of old messages only what they may see now", async (t) => {
  const { ask, somebody, connect, store, runner, happens } = await sending(t);
  const [kept, lost] = [await connect("Aldermoor"), await connect("Bexhill")];
  const member = await somebody("viewer");
  await ask(member.headers, "POST /destinations", OWN, 201);
  await happens(kept, "Of Aldermoor.");
  await happens(lost, "Of Bexhill.");
  await runner.round();
  await store.write((tx) => limitMember(tx, member.id, [kept]));
  const { text } = await ask(member.headers, "GET /deliveries", undefined, 200).then(({ body }) => ({
    text: JSON.stringify(body),
  }));
  assert.match(text, /Of Aldermoor/);
  assert.doesNotMatch(text, /Bexhill/);
});

test("trying is limited: Glasshouse is no machine for sending mail", async (t) => {
  const { ask, somebody, mail, store, clock } = await sending(t);
  const { headers } = await somebody("viewer");
  const { body } = await ask(headers, "POST /destinations", OWN, 201);
  const limit = { what: `message to destination ${body.id}`, most: 20, withinMs: HOUR };
  for (let i = 0; i < 18; i++) await store.write((tx) => noteAttempt(tx, [limit], clock.now));
  const codes: (string | null)[] = [];
  for (let i = 0; i < 3; i++) codes.push((await ask(headers, `POST /destinations/${body.id}/test`)).code);
  assert.deepEqual(codes, [null, null, "too_many_tries"]);
  assert.equal(mail.got.length, 2);
  for (let i = 1; i < 20; i++) await ask(headers, "POST /destinations", { ...OWN, name: `No. ${i}` }, 201);
  assert.equal((await ask(headers, "POST /destinations", OWN)).code, "not_possible");
});
