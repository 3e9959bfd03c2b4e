import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, draftFor, simulate, sync, WITHOUT_RECRUITING } from "../harness.ts";
import { accessible, site, visitor, WIDE } from "./browser.ts";

const REFUSED = { error: { code: "internal", message: "The database is busy.", cure: "Try again." } };

test("waiting and failing: skeletons only while there is nothing, old rows stay with their age", async (t) => {
  const there = await site(t);
  await there.connected();
  const { page, problems } = await visitor(t, there, { as: "viewer", viewport: WIDE });
  const users = /\/api\/v1\/connections\/\d+\/users\?/;

  await t.test("loading: the page stands, its rows are announced as loading", async () => {
    let go = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    await page.route(users, async (route) => {
      await held;
      await route.continue();
    });
    await page.clock.install();
    await page.goto("/users");
    await page.getByRole("heading", { name: "Users", level: 1 }).waitFor();
    await page.getByRole("status", { name: "Loading" }).waitFor();
    assert.equal(await page.locator("[data-row]").count(), 0);
    go();
    await page.locator("[data-row]").first().waitFor();
    await page.unroute(users);
  });

  await t.test(
    "a list that fails when it is looked at again keeps its rows, and says how old they are",
    async () => {
      await page.route(users, (route) => route.fulfill({ status: 500, json: REFUSED }));
      await page.clock.fastForward("10:00");
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
      await page.getByText("newer ones could not be read").waitFor();
      assert.ok((await page.locator("[data-row]").count()) > 10);
      await accessible(page);
      await page.unroute(users);
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("newer ones could not be read").waitFor({ state: "detached" });
    },
  );

  await t.test("with nothing to keep it says what failed, why, and what to click", async () => {
    await page.route(users, (route) => route.fulfill({ status: 500, json: REFUSED }));
    await page.reload();
    const alert = page.getByRole("alert");
    await alert.getByText("Can't show users.").waitFor();
    await alert.getByText("The database is busy.").waitFor();
    await page.unroute(users);
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.locator("[data-row]").first().waitFor();
  });

  await t.test(
    "a tile's licenses wait for their answer, and say that it failed: they are not unread",
    async () => {
      const licenses = /\/connections\/\d+\/licenses/;
      await page.route(licenses, (route) => route.fulfill({ status: 500, json: REFUSED }));
      await page.goto("/integrations");
      await page.getByRole("button", { name: "could not be read" }).click();
      await page.getByRole("dialog").getByText("The database is busy.").waitFor();
      await page.unroute(licenses);
    },
  );

  await t.test(
    "the network goes: a page that was never opened says so, and the open one comes back",
    async () => {
      await page.goto("/");
      await page.getByText("People with access").waitFor();
      await page.context().setOffline(true);
      await page.getByRole("navigation").getByRole("link", { name: "Licenses", exact: true }).click();
      await page.getByRole("alert").getByText("Glasshouse does not answer.").waitFor();
      await page.goBack();
      await page.getByText("People with access").waitFor();
      await page.context().setOffline(false);
    },
  );

  // Told when the network was gone, some of it later; nothing else went wrong.
  for (const problem of problems.splice(0)) {
    assert.match(problem, /ERR_INTERNET_DISCONNECTED|Glasshouse does not answer/);
  }
});

test("partial: what was not read is unknown, never 0", async (t) => {
  const there = await site(t);
  const sim = await simulate(t);
  sim.control.patchScenario({
    "credentials.v3": {
      [sim.clientId]: {
        secret: sim.clientSecret,
        scopes: ["harvest:users:list", "harvest:user_emails:list", "auditlog:events:list"],
      },
    },
  });
  const quiet = await simulate(t);
  const settings = { ...WITHOUT_RECRUITING, off: [...WITHOUT_RECRUITING.off, "audit_log" as const] };
  const refused = (await connect(there.house, draftFor(sim, "harvest_v3", { name: "Refused" }))).connection;
  await sync(there.house, refused);
  const off = (await connect(there.house, draftFor(quiet, "harvest_v3", { name: "Off", settings })))
    .connection;
  await sync(there.house, off);
  const { page } = await visitor(t, there, { as: "viewer", viewport: WIDE });
  const value = (label: string) =>
    page
      .locator("dl > div")
      .filter({ has: page.getByText(label, { exact: true }) })
      .locator("dd");

  for (const [what, c, labels] of [
    ["levels and changes of grants", refused.id, ["Job Admin", "Basic", "Grants added", "Grants removed"]],
    ["use, where no day was read", off.id, ["In use", "Unused", "Never used"]],
  ] as const) {
    await t.test(what, async () => {
      await page.goto(`/?c=${c}`);
      await page.getByText("People with access").waitFor();
      for (const label of labels) assert.equal(await value(label).textContent(), "Unknown", label);
      await value(labels[0]).getByRole("button").click();
      await page.getByRole("dialog").getByText(/read/).waitFor();
    });
  }

  for (const [path, things] of [
    ["/grants", "grants"],
    ["/roles", "roles"],
  ] as const) {
    await t.test(`${path}: why there is nothing, and where to mend it`, async () => {
      await page.goto(`${path}?c=${refused.id}`);
      await page.getByText(`Unknown: no ${things} were read`, { exact: true }).waitFor();
      assert.match(
        (await page.locator("[data-stamp]").textContent()) ?? "",
        new RegExp(`^Unknown: no ${things} were read`),
      );
      await page.getByRole("main").getByRole("link", { name: "What to do" }).click();
      await page.waitForURL(new RegExp(`/integrations/${refused.id}#verdict-`));
    });
  }

  await t.test("the connection's page is about that connection, and so is where it leads", async () => {
    await page.goto(`/integrations/${off.id}`);
    await page.getByRole("heading", { name: "Off", level: 1 }).waitFor();
    await page.getByRole("navigation").getByRole("link", { name: "Users" }).click();
    await page.waitForURL(`/users?c=${off.id}`);
  });

  await t.test("a paused connection says what that means, and its state is heard", async () => {
    await there.house.services.updateConnection(off, { paused: true });
    await page.goto(`/integrations/${off.id}`);
    await page.getByText(/^Paused: nothing is read until/).waitFor();
    const heard = page
      .getByRole("main")
      .getByRole("status")
      .filter({ hasText: /^Paused$/ });
    await heard.waitFor();
  });
});
