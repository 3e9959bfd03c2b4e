/** The weekly report from the clock to the mailbox, over real SMTP. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { weeklyReport } from "../../alerts/report.ts";
import { Account, user } from "../../store/listing-testing.ts";
import { alertHouse, mailbox } from "./testing.ts";

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
