/** What each channel is sent: outside data stays data. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { MailServer } from "../../config.ts";
import { mailbox } from "../../jobs/alerts/testing.ts";
import type { Line } from "../../store/alerts/deliveries.ts";
import { type Message, oneLine, subjectOf } from "../message.ts";
import { said } from "../said.ts";
import { sendMail } from "./email.ts";
import { mailText } from "./mail-text.ts";
import { slackBody } from "./slack.ts";
import { teamsBody } from "./teams.ts";
import { newWebhookSecret, webhookBody, webhookHeaders } from "./webhook.ts";

const EVIL =
  'Ada <script>alert(1)</script> & "Co"\r\nBcc: eve@evil.example <!channel> [x](https://evil.example) \u202e\u0007';
const line = (changes: Partial<Line> = {}): Line => ({
  ...{
    alert: 4,
    topic: "left_but_active",
    text: EVIL,
    path: "/findings?c=1&finding=a%3A4",
    rule: "left_but_active",
  },
  ...{ at: Date.parse("2026-11-26T09:14:00Z"), connection: { id: 1, name: "Alder & moor" }, userId: "4" },
  ...changes,
});
const message = (changes: Partial<Message> = {}): Message => ({
  ...{
    id: "msg_1",
    kind: "alerts",
    subject: `Alder & moor: ${EVIL}`,
    at: 0,
    lines: [line()],
    more: 3,
    report: null,
  },
  ...{ zone: "Europe/Berlin", consoleUrl: "https://glasshouse.example.com/gh" },
  ...changes,
});

test("subjects name the connection and the topics", () => {
  const about = (connectionName: string, ...topics: Line["topic"][]) =>
    topics.map((topic) => ({ name: connectionName, topics: { [topic]: 1 } }));
  assert.equal(subjectOf(about("Aldermoor", "sync_failed"), false), "Aldermoor: Sync failed");
  assert.equal(
    subjectOf(
      about("Aldermoor", "finding_opened", "finding_opened", "left_but_active", "sync_failed"),
      false,
    ),
    "Aldermoor: Sync failed, Left but still active and more",
  );
  const two = [...about("Aldermoor", "sync_failed"), ...about("Bexhill", "sync_failed")];
  assert.equal(subjectOf(two, true), "Sample data · 2 connections: Sync failed (2)");
});

test("one line holds no control character, no direction and no end of line", () => {
  assert.equal(oneLine("a\r\nb\tc\u0007"), "a b c␇");
  assert.match(oneLine("x\u202ey"), /^x<U\+202E>y$/);
  assert.equal(oneLine("abcdef", 4), "abc…");
});

test("a mail escapes what others wrote, and fetches nothing", () => {
  const { text, html } = mailText(message());
  assert.match(text, /Left but still active: Ada <script>/);
  assert.match(
    text,
    /26 Nov 2026, 10:14 · https:\/\/glasshouse\.example\.com\/gh\/findings\?c=1&finding=a%3A4/,
  );
  assert.match(text, /and 3 more: https/);
  assert.ok(!html.includes("<script") && !html.includes("\u202e"));
  assert.match(html, /&lt;script&gt;/);
  assert.match(html, /href="https:\/\/glasshouse\.example\.com\/gh\/findings\?c=1&amp;finding=a%3A4"/);
  assert.doesNotMatch(html, /<(img|link|iframe|object|form)\b|url\(|@import/i);
  assert.match(html, /prefers-color-scheme: ?dark/);
});

test("Slack: what others wrote stands in plain text, and mentions nobody", () => {
  const { text, blocks } = slackBody(message());
  assert.ok(!text.includes("<!channel>") && text.includes("&lt;!channel&gt;"));
  assert.ok(blocks.length <= 50);
  for (const block of blocks) {
    if (block.text) assert.equal(block.text.type, "plain_text");
    for (const element of block.elements ?? []) assert.ok(!element.text.includes("Ada"), element.text);
  }
  assert.match(JSON.stringify(blocks), /26 Nov 2026, 10:14 · <https:[^|]+\|Open in Glasshouse>/);
  const full = Array.from({ length: 20 }, () => line({ text: "x".repeat(9_000) }));
  const whole = slackBody(message({ lines: full }));
  assert.ok(
    whole.blocks.length <= 50 && whole.blocks.every((each) => (each.text?.text.length ?? 0) <= 3_000),
  );
});

test("Teams: what others wrote stands in text runs, which know no Markdown", () => {
  const body = teamsBody(message());
  const { body: blocks } = body.attachments[0]!.content;
  assert.ok(blocks.every(({ type }) => type === "RichTextBlock"));
  const full = Array.from({ length: 20 }, () => line({ text: "ü".repeat(9_000) }));
  assert.ok(Buffer.byteLength(JSON.stringify(teamsBody(message({ lines: full })))) < 28_000);
});

test("a report fits every channel", () => {
  const text = `${"Who uses Greenhouse.\n\n".repeat(3_000)}`;
  const report = { text, html: "<p>Who</p>", period: { from: "2026-11-16", to: "2026-11-22" } };
  const of = message({ kind: "report", lines: [], more: 0, report });
  assert.ok(slackBody(of).blocks.length <= 50);
  assert.ok(Buffer.byteLength(JSON.stringify(teamsBody(of))) < 28_000);
  assert.deepEqual(JSON.parse(webhookBody(of)).report, report);
  assert.equal(mailText(of).html, "<p>Who</p>");
});

test("a mail arrives whole, and no header is smuggled in", async (t) => {
  const { got, settings } = await mailbox(t);
  const sent = await sendMail(message(), "ito@aldermoor.example", settings, 10_000);
  assert.equal(sent.result, "delivered");
  assert.equal(sent.status, 250);
  const { raw, to } = got[0]!;
  assert.deepEqual(to, ["ito@aldermoor.example"]);
  const [head = "", ...body] = raw.split("\r\n\r\n");
  const names = head.split(/\r\n(?![ \t])/).map((each) => each.split(":")[0]!.toLowerCase());
  assert.ok(!names.includes("bcc"), head);
  assert.match(head, /^Message-ID: <msg_1@aldermoor\.example>$/m);
  assert.match(head, /^From: Glasshouse <glasshouse@aldermoor\.example>$/m);
  assert.match(body.join(), /text\/plain[\s\S]*text\/html/);
});

test("what a mail server says", async (t) => {
  const { got, says, settings } = await mailbox(t);
  const send = (server: MailServer | null) => sendMail(message(), "ito@aldermoor.example", server, 10_000);
  says.push({ code: 450, text: "try later" });
  assert.deepEqual(pick(await send(settings)), ["later", 450]);
  says.push({ code: 550, text: "no such user <ito@aldermoor.example>" });
  const refused = await send(settings);
  assert.deepEqual(pick(refused), ["refused", 550]);
  assert.ok(!refused.text.includes("ito@"), refused.text);

  const none = await send(null);
  assert.deepEqual(pick(none), ["later", null]);
  assert.match(none.text, /GLASSHOUSE_SMTP_URL/);
  const away = await send({ ...settings, port: 1 });
  assert.deepEqual(pick(away), ["later", null]);
  const bare = await send({ ...settings, requireTls: true, user: "gh", password: "pass-word-1" });
  assert.equal(bare.result, "later", "a password never travels unprotected");
  assert.equal(got.length, 0);
});

test("what a receiver says is read in one go, however long it is", () => {
  assert.equal(said("<".repeat(3_000_000), []), "…");
  assert.equal(said(`<html><body>No such hook${" ".repeat(3_000_000)}`, []), "No such hook");
});

test("a mail server that doesn't let us in: said, without the password", async (t) => {
  const asked: string[] = [];
  const { settings } = await mailbox(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      asked.push(`${username} ${password}`);
      done(new Error(`wrong: ${username} ${password}`));
    },
  });
  const server = { ...settings, user: "glasshouse-user", password: "pass-word-1" };
  const sent = await sendMail(message(), "ito@aldermoor.example", server, 10_000);
  assert.equal(sent.result, "later", "whoever mends it wants the mail sent");
  assert.match(sent.text, /^The mail server doesn't let Glasshouse in/);
  assert.ok(!sent.text.includes("pass-word-1") && !sent.text.includes("glasshouse-user"), sent.text);
  assert.deepEqual(asked, ["glasshouse-user pass-word-1"]);
});

test("a mail server whose certificate nobody vouches for is not told anything", async (t) => {
  const { got, settings } = await mailbox(t, { disabledCommands: [] });
  const sent = await sendMail(message(), "ito@aldermoor.example", settings, 10_000);
  assert.equal(sent.result, "later");
  assert.match(sent.text, /self-signed|certificate/i);
  assert.equal(got.length, 0);
});

test("the docs' way to check a webhook takes what we send, and nothing else", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/alerts.md"), "utf8");
  const [, source] = /```js\n([\s\S]+?)```/.exec(page)!;
  const { isOurs } = await import(`data:text/javascript,${encodeURIComponent(source!)}`);
  const [secret, old] = [newWebhookSecret(), newWebhookSecret()];
  const body = webhookBody(message());
  const headers = webhookHeaders("msg_1", body, [secret, old], Date.now());
  for (const each of [secret, old]) assert.equal(isOurs(each, headers, body), true);
  assert.equal(isOurs(newWebhookSecret(), headers, body), false);
  assert.equal(isOurs(secret, headers, `${body} `), false);
  assert.equal(isOurs(secret, { ...headers, "webhook-id": "msg_2" }, body), false);
  const late = webhookHeaders("msg_1", body, [secret], Date.now() - 600_000);
  assert.equal(isOurs(secret, late, body), false);
});

const pick = ({ result, status }: { result: string; status: number | null }) => [result, status];
