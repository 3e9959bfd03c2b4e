/** Alerts: destinations, what each hears of, tests, the log, secrets, the weekly report. Receivers are real servers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { SMTPServer } from "smtp-server";
import { becomes, story } from "./acts.ts";
import { accessible, PHONE, screenshot, site, visitor } from "./browser.ts";

/** A mail server that takes everything. */
async function mailServer(t: TestContext) {
  const mails: { to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => new Promise<void>((closed) => server.close(closed)));
  const { port } = server.server.address() as AddressInfo;
  const settings = { host: "127.0.0.1", port, secure: false, requireTls: false, user: null, password: null };
  return { mails, settings: { ...settings, from: "glasshouse@example.org" } };
}

/** A webhook that answers with the status it is told. */
async function receiver(t: TestContext) {
  const got: { headers: IncomingHttpHeaders; body: string }[] = [];
  const answer = { status: 200 };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      response.writeHead(answer.status).end("said by the receiver");
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => new Promise((closed) => server.close(closed)));
  const { port } = server.address() as AddressInfo;
  return { got, answer, url: `http://127.0.0.1:${port}/hooks/glasshouse` };
}

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `More for ${name}` }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

test("alerts", async (t) => {
  const mail = await mailServer(t);
  const hook = await receiver(t);
  const alerts = { mailServer: mail.settings, webhooksToPrivate: true, consoleUrl: "https://glass.example" };
  const there = await site(t, { users: 20 }, { alerts });
  await there.connected();
  const { page } = await visitor(t, there, { as: "admin", timezoneId: "Europe/Zurich" });
  const part = story(t);
  const dialog = page.getByRole("dialog");
  const rows = page.locator("[data-row]");
  const row = (name: string) => page.getByRole("row", { name: new RegExp(`^${name}`) });

  await part("nobody is told of anything: said, with what a destination is told", async () => {
    await page.goto("/alerts");
    await page.getByText("Nobody is told of anything yet.").waitFor();
    await screenshot(page, "alerts-none");
  });

  await part("a viewer has mail to the own address alone, tries it, and it arrives", async () => {
    const { page: hers } = await visitor(t, there, { as: "viewer", viewport: PHONE, hasTouch: true });
    await hers.goto("/alerts");
    await hers.getByText("You are told of nothing yet.").waitFor();
    await hers.getByRole("button", { name: "Tell me by e-mail" }).click();
    const form = hers.getByRole("dialog", { name: "Tell me by e-mail" });
    assert.equal(await form.getByLabel("Where to").count(), 0);
    await form.getByText("To viewer@example.org, with which you sign in.").waitFor();
    assert.equal(await form.getByLabel("Time zone").inputValue(), "UTC", "the browser's");
    await form.getByLabel("Finding opened").selectOption("never");
    await accessible(hers);
    await screenshot(hers, "alerts-own-phone");
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await hers.getByText("E-mail to The viewer", { exact: true }).waitFor();
    await choose(hers, "E-mail to The viewer", "Send a test");
    await hers.getByRole("dialog").getByText("Delivered").first().waitFor();
    assert.deepEqual(
      mail.mails.map(({ to }) => to),
      [["viewer@example.org"]],
    );
    await screenshot(hers, "alerts-delivery-phone");
  });

  await part("by keyboard: a webhook, what it hears of, quiet hours; its secret is shown once", async () => {
    await page.reload();
    const add = page.getByRole("button", { name: "Add a destination" });
    await add.focus();
    await page.keyboard.press("Enter");
    await dialog.getByLabel("Where to").focus();
    await page.keyboard.type("Signed");
    await page.keyboard.press("Tab");
    await page.keyboard.type("SIEM");
    await page.keyboard.press("Tab");
    await page.keyboard.type("siem");
    await page.keyboard.press("Enter");
    await dialog.getByText("Paste an address that begins with https://.").waitFor();
    await dialog.getByLabel("Address of the webhook").fill(hook.url);
    assert.equal(await dialog.getByLabel("Time zone").inputValue(), "Europe/Zurich");
    await dialog.getByRole("switch", { name: "Quiet hours" }).focus();
    await page.keyboard.press("Space");
    await dialog.getByLabel("Quiet until").fill("06:30");
    await dialog.getByRole("radio", { name: "Finding opened: Once a day" }).focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await dialog.getByRole("radio", { name: "Finding opened: At once" }).isChecked(), true);
    await accessible(page);
    await screenshot(page, "alerts-add");
    await page.keyboard.press("Enter");
    const shown = page.getByRole("dialog", { name: "Secret of SIEM" });
    await page.mouse.click(5, 5);
    const secret = await shown.locator("code").textContent();
    assert.match(secret!, /^whsec_/);
    await shown.getByRole("button", { name: "Done" }).click();
    await row("SIEM").getByText("127.0.0.1").waitFor();
    assert.equal(await page.getByText(secret!).count(), 0);
    await row("SIEM").getByText("6 at once, 1 daily, 1 weekly").waitFor();
  });

  await part(
    "a receiver that fails: what it answered is told, and the same message is replayed",
    async () => {
      hook.answer.status = 503;
      await choose(page, "SIEM", "Send a test");
      await dialog.getByText("503: said by the receiver").waitFor();
      await dialog.getByText("Given up").waitFor();
      await accessible(page);
      await screenshot(page, "alerts-delivery");
      hook.answer.status = 200;
      await dialog.getByRole("button", { name: "Replay" }).click();
      await dialog.getByText("Replay of").waitFor();
      await dialog.getByText("Delivered").first().waitFor();
      const ids = hook.got.map(({ headers }) => headers["webhook-id"]);
      assert.equal(ids.length, 2);
      assert.equal(ids[0], ids[1], "a receiver can tell that it is the same");
      await dialog.getByRole("button", { name: "Close" }).click();
    },
  );

  await part("deliveries: newest first, of one destination, by state", async () => {
    await choose(page, "SIEM", "Deliveries");
    await page.waitForURL(/tab=deliveries/);
    const states = page.locator("[data-row] td:nth-child(4)");
    await becomes(() => states.allTextContents(), ["Delivered", "Given up"]);
    await page.goto("/alerts?tab=deliveries&state=delivered");
    await becomes(() => rows.count(), 2, "the viewer's too: an admin sees all");
    await screenshot(page, "alerts-deliveries");
  });

  await part("a new secret signs beside the old one", async () => {
    await page.goto("/alerts");
    await choose(page, "SIEM", "Rotate secret");
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await dialog.getByText(/The one before it signs too until/).waitFor();
    assert.match((await dialog.locator("code").textContent())!, /^whsec_/);
    await dialog.getByRole("button", { name: "Done" }).click();
    await choose(page, "SIEM", "Send a test");
    await dialog.getByText("Delivered").first().waitFor();
    const signatures = String(hook.got.at(-1)!.headers["webhook-signature"]).split(" ");
    assert.equal(signatures.length, 2);
    await dialog.getByRole("button", { name: "Close" }).click();
  });

  await part(
    "what was said of a destination is there to be changed; its address isn't shown, and stays",
    async () => {
      await choose(page, "SIEM", "Change");
      assert.equal(await dialog.getByLabel("Quiet until").inputValue(), "06:30");
      assert.equal(await dialog.getByLabel("Address of the webhook").inputValue(), "");
      await dialog.getByRole("radio", { name: "Weekly report: Never" }).check();
      await dialog.getByRole("radio", { name: "Only some" }).check();
      await dialog.getByRole("checkbox", { name: "Aldermoor" }).check();
      await dialog.getByRole("button", { name: "Save" }).click();
      await row("SIEM").getByText("6 at once, 1 daily", { exact: true }).waitFor();
      await row("SIEM").getByText("Aldermoor").waitFor();
      await choose(page, "SIEM", "Switch off");
      await row("SIEM").getByText("Off", { exact: true }).waitFor();
      await screenshot(page, "alerts-wide");
    },
  );

  await part("where no mail server is set, it says which settings set one", async () => {
    await page.route("**/api/v1/destinations", async (route) => {
      const answer = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...answer, mailServer: false } });
    });
    await page.reload();
    await page.getByText("GLASSHOUSE_SMTP_URL and GLASSHOUSE_MAIL_FROM").waitFor();
    await page.unrouteAll();
  });

  await part("removed, it is gone with what was sent there", async () => {
    await page.reload();
    await choose(page, "SIEM", "Remove");
    await dialog.getByRole("button", { name: "Remove" }).click();
    await becomes(() => row("SIEM").count(), 0);
    await page.goto("/alerts?tab=deliveries");
    await becomes(() => rows.count(), 1);
  });

  await part("the weekly report, as its mail has it; saved, it asks nothing of anybody", async () => {
    await page.goto("/alerts?tab=report");
    await page.getByRole("heading", { name: "Who uses Greenhouse" }).waitFor();
    await accessible(page);
    await screenshot(page, "alerts-report");
    const inUse = await page.locator("dl > div", { hasText: "In use" }).first().locator("dd").textContent();
    assert.match(inUse!, /^\d+ of \d+$/);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as HTML" }).click(),
    ]);
    const html = readFileSync(await file.path(), "utf8");
    assert.ok(html.includes(`>${inUse}<`));
    const opened = await page.context().newPage();
    const requests: string[] = [];
    opened.on("request", (request) => requests.push(request.url()));
    await opened.setContent(html);
    await accessible(opened);
    assert.deepEqual(requests, []);
  });
});
