/** From what happened to what a receiver gets, over real HTTP and SMTP. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import type { Lookup } from "../../alerts/guard.ts";
import { BACK_OFF_MS } from "../../alerts/retry.ts";
import { DEFAULT_TOPICS } from "../../model/alert.ts";
import { deleteOldAlerts } from "../../store/alerts.ts";
import { deleteConnectionBatch } from "../../store/connections.ts";
import { deleteOldDeliveries } from "../../store/deliveries.ts";
import { freeDeliveries } from "../../store/delivery-leases.ts";
import {
  changeDestination,
  destinationSecret,
  getDestination,
  saveDestinationSecret,
} from "../../store/destinations.ts";
import { createMember, deleteMember, limitMember, setRole } from "../../store/members.ts";
import { compose } from "./compose.ts";
import { AlertRunner } from "./runner.ts";
import { alertHouse, answers, type Does, mailbox, receiver } from "./testing.ts";

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

test("a webhook is signed as Standard Webhooks says; while its secret is changed, by both", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("webhook", hook.url);
  const old = (await destinationSecret(house.store.read, house.seal, id, "secret"))!;
  const fresh = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  await house.store.write(async (tx) => {
    await saveDestinationSecret(tx, house.seal, id, "old_secret", old);
    await saveDestinationSecret(tx, house.seal, id, "secret", fresh);
    await changeDestination(tx, id, { oldSecretEndsAt: house.clock.now + DAY });
  });
  // The library that checks goes by the machine's clock.
  house.clock.now = Date.now();
  await house.happens();
  await house.runner.round();
  const [first] = hook.got;
  for (const secret of [old, fresh]) new Webhook(secret).verify(first!.body, first!.headers);
  assert.throws(() => new Webhook(fresh).verify(`${first!.body} `, first!.headers));

  await house.store.write((tx) => changeDestination(tx, id, { oldSecretEndsAt: house.clock.now }));
  await house.happens();
  await house.runner.round();
  const second = hook.got[1]!;
  new Webhook(fresh).verify(second.body, second.headers);
  assert.throws(() => new Webhook(old).verify(second.body, second.headers));
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

// --- receivers that fail

const reset: Does = (_response, request) => request.socket.resetAndDestroy();
const hang: Does = () => {};
const endless: Does = (response) => {
  response.writeHead(200);
  const more = () => {
    while (response.writable && response.write("on and ".repeat(1_000)));
  };
  response.on("drain", more);
  more();
};
const garbage: Does = (_response, request) => void request.socket.end("this is no HTTP\r\n\r\n");
const cutShort: Does = (response, request) => {
  response.writeHead(503, { "content-length": "500" });
  response.write("half an ans", () => request.socket.destroy());
};

const FAILS: [string, Does, { status: number | null; text: RegExp; waits: number | null }][] = [
  ["500", answers(500, {}, "<h1>Oh</h1> no"), { status: 500, text: /^500: Oh no$/, waits: MINUTE }],
  [
    "429 with a wait",
    answers(429, { "retry-after": "600" }),
    { status: 429, text: /^429$/, waits: 10 * MINUTE },
  ],
  [
    "429 until a date",
    answers(429, { "retry-after": new Date(Date.parse("2026-11-26T10:30:00Z")).toUTCString() }),
    { status: 429, text: /^429$/, waits: 30 * MINUTE },
  ],
  [
    "429 with nonsense",
    answers(429, { "retry-after": "soon" }),
    { status: 429, text: /^429$/, waits: MINUTE },
  ],
  ["408", answers(408), { status: 408, text: /^408$/, waits: MINUTE }],
  [
    "a redirect",
    answers(301, { location: "http://127.0.0.1:1/" }),
    { status: 301, text: /^301$/, waits: MINUTE },
  ],
  ["403", answers(403, {}, "invalid_token"), { status: 403, text: /^403: invalid_token$/, waits: MINUTE }],
  ["a reset", reset, { status: null, text: /connection was closed/, waits: MINUTE }],
  ["what is no HTTP", garbage, { status: null, text: /failed|closed/, waits: MINUTE }],
  ["an answer cut short", cutShort, { status: 503, text: /^503/, waits: MINUTE }],
  ["an endless answer", endless, { status: 200, text: /^200: (on and )+.*…$/, waits: null }],
  [
    "an answer that repeats the secret",
    answers(500, {}, "no such hook: /services/T024/B024/s3cr3t-of-the-receiver for ada@aldermoor.example"),
    { status: 500, text: /^500: no such hook: \S*… for …@…$/, waits: MINUTE },
  ],
];

test("a receiver that fails is tried again, and what it said is in the log", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("slack", hook.url);
  const began = house.clock.now;
  for (const [name, does, { status, text, waits }] of FAILS) {
    await t.test(name, async () => {
      house.clock.now = began;
      hook.next.push(does);
      await house.happens();
      await house.runner.round();
      const [delivery] = await house.deliveries(id);
      const [attempt] = delivery!.attempts;
      assert.equal(attempt!.status, status);
      assert.match(attempt!.text, text);
      assert.ok(!JSON.stringify(delivery).includes("s3cr3t"));
      assert.equal(delivery!.state, waits === null ? "delivered" : "waiting");
      if (waits !== null) assert.equal(delivery!.dueAt - began, waits);
      // Out of the way of the next case.
      house.clock.now = began + DAY;
      await house.runner.round();
      assert.equal((await house.deliveries(id))[0]!.state, "delivered");
    });
  }
});

test("one that says nothing is given up in time", async (t) => {
  const house = await alertHouse(t, { timeoutMs: 50 });
  const hook = await receiver(t);
  hook.next.push(hang);
  const id = await house.destination("teams", hook.url);
  await house.happens();
  await house.runner.round();
  const [delivery] = await house.deliveries(id);
  assert.equal(delivery!.attempts[0]!.text, "no answer in time");
  assert.equal(delivery!.state, "waiting");
});

test("nobody there, no TLS there, no such name", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const CASES = [
    ["http://127.0.0.1:1/x", /^refused$/],
    [`https://127.0.0.1:${hook.port}/x`, /^TLS failed/],
    ["https://hooks.invalid/x", /^name not found/],
  ] as const;
  for (const [url, text] of CASES) {
    const id = await house.destination("slack", url);
    await house.happens();
    await house.runner.round();
    const [delivery] = await house.deliveries(id);
    assert.match(delivery!.attempts[0]!.text, text);
    assert.equal(delivery!.state, "waiting");
    await house.store.write((tx) => changeDestination(tx, id, { on: false }));
  }
});

test("a name that leads within is refused at the connection, whatever it was before", async (t) => {
  const hook = await receiver(t);
  let leads = "93.184.216.34";
  const lookup = ((_host: string, _options: unknown, done: (error: null, all: unknown[]) => void) =>
    done(null, [{ address: leads, family: 4 }])) as unknown as Lookup;
  const settings = {
    mailServer: null,
    webhooksToPrivate: false,
    consoleUrl: "https://glasshouse.example.com",
  };
  const house = await alertHouse(t, { settings, lookup });
  leads = "127.0.0.1";
  const CASES = [`https://hooks.example.com:${hook.port}/x`, `https://localhost:${hook.port}/x`, hook.url];
  for (const url of CASES) {
    const id = await house.destination("webhook", url);
    await house.happens();
    await house.runner.round();
    const [delivery] = await house.deliveries(id);
    assert.match(delivery!.attempts[0]!.text, /GLASSHOUSE_WEBHOOKS_TO_PRIVATE=true/);
    await house.store.write((tx) => changeDestination(tx, id, { on: false }));
  }
  assert.equal(hook.got.length, 0);
});

test("through a proxy: it is asked for what leads without, and for nothing that leads within", async (t) => {
  const asked: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url!);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  const { port } = proxy.address() as AddressInfo;
  const before = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
  t.after(() => {
    proxy.close();
    if (before === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = before;
  });
  const lookup = ((host: string, _options: unknown, done: (error: Error | null, all: unknown[]) => void) => {
    if (host === "unknown.example.com") return done(new Error("ENOTFOUND"), []);
    done(null, [{ address: host === "within.example.com" ? "10.0.0.7" : "93.184.216.34", family: 4 }]);
  }) as unknown as Lookup;
  const settings = {
    mailServer: null,
    webhooksToPrivate: false,
    consoleUrl: "https://glasshouse.example.com",
  };
  const house = await alertHouse(t, { settings, lookup });
  for (const [host, text] of [
    ["without.example.com", /^the proxy: it answered 502$/],
    ["unknown.example.com", /^the proxy: it answered 502$/],
    ["within.example.com", /no address of the public internet/],
  ] as const) {
    const id = await house.destination("slack", `https://${host}/x`);
    await house.happens();
    await house.runner.round();
    assert.match((await house.deliveries(id))[0]!.attempts[0]!.text, text);
    await house.store.write((tx) => changeDestination(tx, id, { on: false }));
  }
  assert.deepEqual(asked, ["without.example.com:443", "unknown.example.com:443"]);
});

test("back-off, until it is given up; what is refused sooner", async (t) => {
  const house = await alertHouse(t);
  const hook = await receiver(t);
  const id = await house.destination("webhook", hook.url);
  await house.happens();
  const began = house.clock.now;
  const waits: number[] = [];
  for (;;) {
    hook.next.push(answers(503));
    await house.runner.round();
    const [delivery] = await house.deliveries(id);
    if (delivery!.state !== "waiting") break;
    waits.push(delivery!.dueAt - house.clock.now);
    house.clock.now = delivery!.dueAt - 1;
    await house.runner.round();
    house.clock.now = delivery!.dueAt;
  }
  assert.deepEqual(waits, [...BACK_OFF_MS]);
  assert.equal(hook.got.length, waits.length + 1);
  assert.equal(new Set(hook.got.map(({ headers }) => headers["webhook-id"])).size, 1);
  assert.equal(new Set(hook.got.map(({ body }) => body)).size, 1);
  const [given] = await house.deliveries(id);
  assert.equal(given!.state, "given_up");
  assert.ok(given!.endedAt! > began);

  hook.next.push(answers(404), answers(404), answers(404));
  await house.happens();
  for (let i = 0; i < 3; i++) {
    await house.runner.round();
    house.clock.now += DAY;
  }
  const [refused] = await house.deliveries(id);
  assert.deepEqual([refused!.state, refused!.attempts.length], ["given_up", 3]);
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

test("a receiver that takes its time holds up nobody else", async (t) => {
  const house = await alertHouse(t);
  const [slow, quick] = [await receiver(t), await receiver(t)];
  let finish = () => {};
  const held = new Promise<void>((asked) => {
    slow.next.push((response) => {
      finish = () => response.end();
      asked();
    });
  });
  await house.destination("slack", slow.url);
  const id = await house.destination("slack", quick.url);
  await house.happens();
  const round = house.runner.round();
  await held;
  while ((await house.deliveries(id))[0]?.state !== "delivered") await new Promise(setImmediate);
  finish();
  await round;
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
