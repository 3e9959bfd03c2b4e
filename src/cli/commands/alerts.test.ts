/** alerts, deliveries, delivery, replay: over the socket's handlers, a real store and a real receiver. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { pino } from "pino";
import { checkUrl } from "../../alerts/guard.ts";
import { weeklyReport } from "../../alerts/report/report.ts";
import { handlers } from "../../api/handlers.ts";
import { testContext } from "../../api/testing.ts";
import { AlertRunner } from "../../jobs/alerts/runner.ts";
import { answers, receiver } from "../../jobs/alerts/testing.ts";
import { KeyRing } from "../../store/secrets/seal.ts";
import { type RunOptions, run } from "../testing.ts";

test("destinations and messages at the command line", async (t) => {
  const { store, connect } = await testContext(t);
  await connect("Aldermoor");
  const hook = await receiver(t);
  const seal = new KeyRing([randomBytes(32)]);
  const settings = {
    mailServer: null,
    webhooksToPrivate: true,
    consoleUrl: "https://glasshouse.example.com",
  };
  const runner = new AlertRunner(
    {
      ...{
        store,
        seal,
        log: pino({ level: "silent" }),
        owner: "the test",
        makeReport: weeklyReport,
        settings,
      },
      ...{ timeoutMs: 10_000, now: Date.now },
    },
    { mode: "none" },
  );
  const services: RunOptions["services"] = {
    seal,
    alerts: {
      mailServer: false,
      consoleUrl: settings.consoleUrl,
      deliver: (id) => runner.deliver(id),
      changed: () => {},
      checkAddress: async (url) => checkUrl(url, true),
    },
  };
  const ask = (argv: string[], stdin?: string) =>
    run(argv, {
      dataDir: store.dir,
      handlers,
      services,
      columns: 160,
      ...(stdin !== undefined && { stdin }),
    });
  const well = async (argv: string[], stdin?: string) => {
    const ran = await ask(argv, stdin);
    assert.equal(ran.exit, 0, ran.err);
    return ran;
  };

  const made = await well(
    "alerts add webhook siem --connections aldermoor --topic sync_failed=daily --quiet 22:00-07:00".split(
      " ",
    ),
    `${hook.url}\n`,
  );
  assert.match(made.out, /^whsec_[\w+/]{43}=\n$/);
  assert.match(made.err, /siem is destination 1: 127\.0\.0\.1:\d+\/…\/s3cr…\./);
  const mail = await well("alerts add email security --address security@aldermoor.example".split(" "));
  assert.match(mail.err, /No mail server is set/);
  const [, second] = JSON.parse((await well(["alerts", "--json"])).out);
  assert.deepEqual(
    [second.name, second.topics.sync_failed, second.connections, second.quiet],
    ["siem", "daily", [1], { from: "22:00", to: "07:00" }],
  );
  const list = (await well(["alerts"])).out;
  assert.match(
    list,
    /^ *1 +siem +Webhook +127\.0\.0\.1:\d+\/…\/s3cr… +everybody's +Aldermoor +on +nothing yet/m,
  );
  assert.match(list, /security +E-mail .* can't send/);

  assert.match((await well(["alerts", "test", "1"])).out, /State +Delivered[\s\S]*200: ok/);
  hook.next.push(answers(500, {}, "\u001b[31mred"));
  const failed = await ask(["alerts", "test", "1"]);
  assert.equal(failed.exit, 3, "it did not arrive");
  assert.ok(!failed.out.includes("\u001b[31m"));
  const rotated = await well(["alerts", "rotate-secret", "1"]);
  assert.match(rotated.out, /^whsec_/);
  assert.match(rotated.err, /the old one signs too/);

  assert.match(
    (await well(["deliveries", "--state", "given_up"])).out,
    /Test message from Glasshouse +Given up/,
  );
  const csv = (await well(["deliveries", "--csv"])).out;
  assert.match(csv, /^id,made_at,destination,channel,kind,subject,state/m);
  assert.match((await well(["replay", "2"])).out, /Repeats +2/);
  assert.match((await well(["delivery", "1"])).out, /To +siem \(Webhook, 1\)/);

  assert.match((await well(["alerts", "set", "1", "--off"])).out, /siem is changed, and off/);
  assert.equal((await ask(["alerts", "test", "1"])).exit, 1);
  await well(["alerts", "set", "1", "--on", "--new-url", "--connections", "all"], hook.url);
  await well(["alerts", "remove", "2"]);

  const WRONG = [
    ["alerts", "add", "email", "x"],
    ["alerts", "set", "1"],
    ["alerts", "set", "1", "--topic", "lunch=daily"],
    ["alerts", "set", "1", "--topic", "weekly_report=daily"],
    ["alerts", "test", "one"],
  ];
  for (const argv of WRONG) assert.equal((await ask(argv)).exit, 2, argv.join(" "));
});
