/** A whole installation as a stranger meets it: the program itself, a browser, and nothing known before. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BrowserContext } from "playwright-core";
import type { Simulator } from "../../simulator/index.ts";
import { connect, draftFor, simulate, sync, temporaryFolder, UNLIMITED } from "../harness.ts";
import { counted, fillConnect, says, story, tile } from "./acts.ts";
import { builtConsole, site, visitor } from "./browser.ts";

const root = dirname(dirname(import.meta.dirname));
const PASSWORD = "a sentence that nobody else would think of";
const ADMIN = { name: "M. Ito", email: "m.ito@aldermoor.example" };
/** Of another browser of the same person. */
const ELSEWHERE = { "content-type": "application/json" };

/** What `npm start` starts, until it says where to go. */
async function start(t: TestContext, sim: Simulator) {
  builtConsole();
  const dataDir = join(temporaryFolder(t), "data");
  const child = spawn(process.execPath, ["bin/launch.mjs", "src/main.ts", "serve"], {
    cwd: root,
    env: {
      ...process.env,
      GLASSHOUSE_DATA_DIR: dataDir,
      GLASSHOUSE_PORT: "0",
      GLASSHOUSE_LOG_LEVEL: "error",
      GLASSHOUSE_TIME_SCALE: String(UNLIMITED),
      GLASSHOUSE_GREENHOUSE_HARVEST_URL: sim.urls.harvest,
      GLASSHOUSE_GREENHOUSE_AUTH_URL: sim.urls.auth,
      GLASSHOUSE_GREENHOUSE_AUDIT_URL: sim.urls.audit,
    },
  });
  t.after(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  let out = "";
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  await new Promise<void>((ready, failed) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes("Ctrl-C stops it")) ready();
    });
    child.once("exit", () => failed(new Error(`it ended: ${err}`)));
  });
  return { out, dataDir };
}

/** What an organization holds, counted here from what Greenhouse would list. */
async function truth(sim: Simulator) {
  const { users, serviceAccounts, userJobPermissions, futureJobPermissions, userRoles } =
    await sim.control.dump({
      parts: ["users", "serviceAccounts", "userJobPermissions", "futureJobPermissions", "userRoles"],
    });
  const active = users.filter(({ deactivated }) => !deactivated);
  const granted = new Set([...userJobPermissions, ...futureJobPermissions].map((grant) => grant.user_id));
  const others = active.filter(({ site_admin }) => !site_admin);
  return {
    all: users.length + serviceAccounts.length,
    roles: userRoles.length,
    grants: userJobPermissions.length + futureJobPermissions.length,
    people: {
      "Active people": active.length,
      "Site Admin": active.length - others.length,
      "Job Admin": others.filter(({ id }) => granted.has(id)).length,
      Basic: others.filter(({ id }) => !granted.has(id)).length,
      Deactivated: users.length - active.length,
      "Service accounts": serviceAccounts.filter(({ deactivated }) => !deactivated).length,
    },
  };
}

test("from the setup code to the green check mark, out, in again, and ended from elsewhere", async (t) => {
  const sim = await simulate(t);
  const { out, dataDir } = await start(t, sim);
  const url = /Open (\S+) and enter the setup code/.exec(out)![1]!;
  const open: BrowserContext[] = [];
  t.after(() => Promise.all(open.map((context) => context.close())));
  const { page, problems } = await visitor(t, { url, open });
  const tell = story(t);

  await tell("nothing answers before somebody has the code", async () => {
    await page.goto("/integrations");
    await page.getByRole("heading", { name: "Welcome" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/setup");
    const refused = await fetch(`${url}/api/v1/connections`);
    assert.equal(((await refused.json()) as { error: { code: string } }).error.code, "unclaimed");
  });

  await tell("a wrong code is told as one, and where the right one stands", async () => {
    await page.getByLabel("Setup code").fill("AAAA-BBBB-CCCC-DDDD");
    await page.getByLabel("Your name").fill(ADMIN.name);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create the first admin" }).click();
    await page.getByText(/That is not the code/).waitFor();
    await page
      .getByText(/stands in the terminal that runs Glasshouse/)
      .last()
      .waitFor();
  });

  await tell("the code, which only the owner of the machine can read, makes the first admin", async () => {
    const file = join(dataDir, "setup-code");
    assert.ok(out.includes(`in the file ${file}`), "no terminal: the code itself is not printed");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await page.getByLabel("Setup code").fill(readFileSync(file, "utf8"));
    await page.getByRole("button", { name: "Create the first admin" }).click();
    await page.getByRole("heading", { name: "What would you like to see first?" }).waitFor();
  });

  await tell("two ways are offered: the own account, or sample data", async () => {
    await page.getByRole("heading", { name: "Connect your Greenhouse account" }).waitFor();
    const sample = page.getByRole("region", { name: "Look around with sample data" });
    await sample.getByRole("button", { name: "Look around" }).waitFor();
    await page.getByRole("link", { name: "Connect Greenhouse" }).click();
  });

  await tell("Connect tests live, step by step, and offers to connect once users can be read", async () => {
    const dialog = await fillConnect(page, sim, { kind: "v3" });
    const steps = dialog.getByRole("list", { name: "Test" }).getByRole("listitem");
    for (const step of ["Reach Greenhouse", "Credential", "Users", "Roles", "Job grants", "Audit log"]) {
      await steps.filter({ hasText: step }).first().waitFor();
    }
    await dialog.getByLabel("Name").fill("Aldermoor");
  });

  await tell("progress comes as server-sent events, until the check mark", async () => {
    const progress = page.waitForResponse((answer) => answer.url().endsWith("/progress"));
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    assert.match((await progress).headers()["content-type"]!, /^text\/event-stream/);
    const dialog = page.getByRole("dialog", { name: "Connect Greenhouse" });
    await dialog.getByRole("heading", { name: "Connected Aldermoor" }).waitFor();
    const { all, people } = await truth(sim);
    await dialog.getByText(/Use known since/).waitFor();
    assert.match(
      (await dialog.getByText(/Use known since/).textContent())!,
      new RegExp(`^${all} users, ${people["Site Admin"]} Site Admins?\\. Use known since \\d+ \\w+`),
    );
    const readings = dialog.getByRole("list", { name: "Under way" }).getByRole("listitem");
    const { roles } = await truth(sim);
    await readings.filter({ hasText: `Users${all} read` }).waitFor();
    await readings.filter({ hasText: `Roles${roles} read` }).waitFor();
    await readings.filter({ hasText: /^Audit log[\d,]+ read/ }).waitFor();
  });

  await tell("the dashboard's numbers are those of the account", async () => {
    await page.getByRole("link", { name: "Open dashboard" }).click();
    await page.getByRole("heading", { name: "Dashboard" }).waitFor();
    const { people } = await truth(sim);
    await page.getByRole("link", { name: /^\d+ Active people$/ }).waitFor();
    for (const [label, count] of Object.entries(people))
      assert.equal(await counted(page, label), count, label);
    const parts = await Promise.all(["In use", "Unused", "Unknown"].map((label) => counted(page, label)));
    const never = await page.getByRole("link", { name: /^\d+ Never used(, since .+)?$/ }).textContent();
    const sum = parts.reduce((a, b) => a + b, Number(never));
    assert.equal(sum, people["Active people"], "everybody is in one of the four states");
  });

  await tell("the tile shows the green check mark, and how much was read", async () => {
    await page.getByRole("link", { name: "Integrations" }).first().click();
    const aldermoor = tile(page, "Aldermoor");
    await says(aldermoor, "Connected");
    const { all, roles, grants } = await truth(sim);
    const text = (await aldermoor.textContent())!;
    assert.match(text, new RegExp(`Users${all}`));
    assert.match(text, new RegExp(`Roles · grants${roles} · ${grants}`));
  });

  await tell(
    "signed out, nothing is left to see; a wrong password is told; the right one leads back",
    async () => {
      const otherTab = await page.context().newPage();
      await otherTab.goto("/users");
      await otherTab.getByRole("heading", { name: "Users" }).waitFor();
      await page
        .getByRole("button", { name: /^Your account/ })
        .first()
        .click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await otherTab.getByRole("heading", { name: "Sign in" }).waitFor();
      await otherTab.close();
      await page.goto("/users?level=site_admin");
      await page.waitForURL("**/sign-in?**");
      await page.getByLabel("E-mail").fill(ADMIN.email);
      await page.getByLabel("Password").fill("not the password at all");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page
        .getByRole("alert")
        .filter({ hasText: /password/i })
        .waitFor();
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Users" }).waitFor();
      assert.equal(new URL(page.url()).search, "?level=site_admin");
    },
  );

  await tell(
    "a session that was ended elsewhere: the page says so, and leads back to where it was",
    async () => {
      const signedIn = await fetch(`${url}/api/v1/session`, {
        method: "POST",
        headers: { ...ELSEWHERE, origin: url },
        body: JSON.stringify({ email: ADMIN.email, password: PASSWORD }),
      });
      assert.equal(signedIn.status, 201);
      const other = { cookie: signedIn.headers.getSetCookie()[0]!.split(";")[0]!, origin: url };
      const sessions = (await (await fetch(`${url}/api/v1/sessions`, { headers: other })).json()) as {
        items: { id: number; current: boolean }[];
      };
      for (const { id, current } of sessions.items) {
        if (!current) await fetch(`${url}/api/v1/sessions/${id}`, { method: "DELETE", headers: other });
      }
      await page.getByRole("link", { name: "Events" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      await page.getByText("Your session has ended").waitFor();
      await page.getByLabel("E-mail").fill(ADMIN.email);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("heading", { name: "Events" }).waitFor();
    },
  );

  await tell(
    "a page that is open when its session ends shows nothing any more, though nobody answers",
    async () => {
      await page.clock.install();
      await page.goto("/users");
      const email = page.getByText(/@/).first();
      await email.waitFor();
      await page.route("**/api/**", (route) => route.abort());
      await page.clock.fastForward("12:02:00");
      await page.waitForURL("**/sign-in?**");
      assert.equal(await email.count(), 0);
      // It asks on whether somebody answers, and the server ends before the page does.
      await page.goto("about:blank");
      for (const problem of problems.splice(0))
        assert.match(problem, /ERR_FAILED|Glasshouse does not answer/);
    },
  );
});

test("the check mark never shows while usage was asked for and isn't well", async (t) => {
  const there = await site(t, { users: 25, eventsPerDay: 40, scenario: { "audit.addon": "off" } });
  const { house, sim } = there;
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const { page } = await visitor(t, there, { as: "admin" });
  const tell = story(t);
  /** On its tile, in the switch above the navigation, and on its own page. */
  const shows = async (word: string, cause: string | null) => {
    await page.goto("/integrations");
    const aldermoor = tile(page, "Aldermoor");
    await says(aldermoor, word);
    if (cause) await aldermoor.getByText(cause).waitFor();
    await page.goto(`/integrations/${connection.id}`);
    await page.getByRole("heading", { name: "Streams", exact: true }).waitFor();
    await says(page.getByRole("main"), word);
    if (cause) await page.getByRole("article", { name: "Audit log" }).getByText(cause).waitFor();
    if (word !== "Connected") assert.equal(await page.getByText("Connected", { exact: true }).count(), 0);
  };

  await tell("before anything was read", () => shows("Not synced yet", null));

  await tell("the audit log is off", async () => {
    await sync(house, connection);
    await shows("Needs attention", "The audit log refuses us: scope not ticked, or no audit log");
  });

  await tell("the audit log is empty", async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString();
    sim.control.patchScenario({ "audit.addon": "on", "audit.onSince": later });
    await sync(house, connection);
    await shows("Needs attention", "The audit log answers but holds no event");
  });

  await tell("it holds an event: the check mark", async () => {
    sim.control.patchScenario({ "audit.onSince": new Date(Date.now() - 60_000).toISOString() });
    sim.control.mutate({ op: "insertEvents", events: [{ userId: sim.siteAdminId }] });
    await sync(house, connection);
    await shows("Connected", null);
  });

  await tell("usage is stale: it was last read three hours ago", async () => {
    await house.store.write((tx) =>
      tx
        .updateTable("verdict")
        .set({ last_success_at: Date.now() - 3 * 3_600_000 })
        .where("stream", "=", "audit_log")
        .execute(),
    );
    await shows("Needs attention", "Last success 3 h ago; due every 15 min.");
  });

  await tell(
    "usage switched off by choice is no fault: the check mark, and the choice in words",
    async () => {
      await page.getByRole("tab", { name: "Settings" }).click();
      await page.getByRole("switch", { name: "Usage" }).uncheck();
      await page.getByRole("button", { name: "Save" }).click();
      // A screen reader is told it by a copy of its own for a moment.
      await page.getByText("Saved.").first().waitFor();
      await shows("Connected", null);
      await page.getByText("off, your choice").first().waitFor();
    },
  );
});
