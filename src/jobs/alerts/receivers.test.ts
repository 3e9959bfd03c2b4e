/** Receivers that fail in every way, and what is made of it, over real HTTP. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Webhook } from "standardwebhooks";
import type { Lookup } from "../../alerts/guard.ts";
import { BACK_OFF_MS } from "../../alerts/retry.ts";
import {
  changeDestination,
  destinationSecret,
  saveDestinationSecret,
} from "../../store/alerts/destinations.ts";
import { alertHouse, answers, type Does, receiver } from "./testing.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

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
