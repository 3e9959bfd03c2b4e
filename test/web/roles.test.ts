/** What a viewer and an operator see and may do, in the browser; and members who are limited to some connections. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openSession } from "../../src/access/session.ts";
import type { Endpoint } from "../../src/api/contract/kit.ts";
import { API, endpoints } from "../../src/api/contract.ts";
import { createMember, limitMember } from "../../src/store/members/members.ts";
import { SCOPES_V3 } from "../../web/text/guide.ts";
import { sync } from "../harness.ts";
import { says, story } from "./acts.ts";
import { type Site, settled, site, visitor } from "./browser.ts";

const PAGES = (user: string) => [
  ...["/", "/users", `/users/${user}`, "/roles", "/grants", "/grants?by=job", "/licenses", "/usage"],
  ...["/events", "/changes", "/integrations", "/integrations?tab=attention", "/integrations?connect=1"],
  ...["/integrations/1", "/integrations/1?tab=runs", "/integrations/1?tab=settings"],
  ...["credential", "admin", "rename", "disconnect", "test"].map((dialog) => `/integrations/1?do=${dialog}`),
];
/** What changes something; whoever may do nothing is shown nothing to do it with. */
const ACTS =
  /^(Connect Greenhouse|Sync now|Stop|Pause|Resume|Test|More actions|Replace|Choose a Site Admin|Rename|Disconnect|Switch usage|It is right|Check again|Change rules|Save|Mark as|Take the mark|Make a one-time link|Copy the request)/;
const OF_ADMINS =
  /^(Connect Greenhouse|Replace|Choose a Site Admin|Rename|Disconnect|Switch usage|Make a one-time link)/;
const IP = /\b(?!127\.0\.0\.1)(\d{1,3}\.){3}\d{1,3}\b/;

/** All that a page says, seen or only heard. */
async function everything(page: Page, path: string): Promise<string> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await settled(page);
  return page.evaluate<string>(`[...document.querySelectorAll("body, [title], [aria-label], a")].map((each) =>
    each === document.body ? each.innerText : [each.title, each.ariaLabel, each.href].join(" ")).join("\\n")`);
}

async function acts(page: Page, which: RegExp): Promise<string[]> {
  const found = [
    ...(await page.getByRole("button", { name: which }).all()),
    ...(await page.getByRole("link", { name: which }).all()),
  ];
  return Promise.all(
    found.map(
      async (each) => (await each.getAttribute("aria-label")) ?? ((await each.textContent()) ?? "").trim(),
    ),
  );
}

/** Asks every endpoint that fits, as a script in the page would. Answers the codes by name. */
function tries(page: Page, fits: (endpoint: Endpoint) => boolean): Promise<Record<string, string>> {
  const asked = (Object.entries(endpoints) as [string, Endpoint][])
    .filter(([, endpoint]) => fits(endpoint))
    .map(([name, { method, path }]) => {
      const url = API + path.replace("{stream}", "users").replaceAll(/\{\w+\}/g, "1");
      return { name, method, url };
    });
  assert.ok(asked.length > 0);
  return page.evaluate(
    `(async (asked) => Object.fromEntries(await Promise.all(asked.map(async ({ name, method, url }) => {
      const body = method === "GET" ? {} : { headers: { "content-type": "application/json" }, body: "{}" };
      const answer = await fetch(url, { method, ...body });
      return [name, (await answer.json()).error?.code ?? String(answer.status)];
    }))))(${JSON.stringify(asked)})`,
  );
}

/** A connection with a verdict that asks for an act: a scope was taken away. */
async function withTrouble(there: Site) {
  const { sim, house } = there;
  const connection = await there.connected("harvest_v3", { adminUserId: null });
  const scopes = SCOPES_V3.map(({ name }) => name).filter((name) => name !== "harvest:user_roles:list");
  sim.control.patchScenario({ "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes } } });
  await sync(house, connection, { lanes: ["directory"] });
  return connection;
}

test("a viewer sees, and can do nothing", async (t) => {
  const there = await site(t, { users: 30, eventsPerDay: 40 });
  await withTrouble(there);
  const { sim } = there;
  const user = String(sim.siteAdminId);
  const { page } = await visitor(t, there, { as: "viewer" });
  const { page: admins } = await visitor(t, there, { as: "admin" });
  const { page: operators } = await visitor(t, there, { as: "operator" });

  for (const path of PAGES(user)) {
    await t.test(`${path}: no credential, no address, no button that does something`, async () => {
      const text = await everything(page, path);
      for (const secret of [sim.clientId, sim.clientSecret, "····"])
        assert.ok(!text.includes(secret), secret);
      assert.doesNotMatch(text, IP);
      assert.deepEqual(await acts(page, ACTS), []);
      assert.equal(await page.getByRole("dialog").count(), 0);
      assert.equal(await page.getByRole("switch", { disabled: false }).count(), 0);
    });
  }

  await t.test(
    "what is looked for is there for those who may: addresses for operators, buttons for admins",
    async () => {
      assert.match(await everything(operators, "/events"), IP);
      await everything(admins, "/integrations/1");
      const shown = await acts(admins, ACTS);
      for (const act of ["Sync now", "Pause", "Test", "More actions", "Test again"])
        assert.ok(shown.includes(act), `${act} of ${shown}`);
    },
  );

  await t.test("an event, opened: its request and no address", async () => {
    await page.goto("/events");
    await page.getByRole("row").nth(1).getByRole("button").last().click();
    const event = page.getByRole("dialog");
    await event.getByText("Event ID").waitFor();
    assert.equal(await event.getByText("From", { exact: true }).count(), 0);
    assert.doesNotMatch((await event.textContent())!, IP);
  });

  await t.test(
    "every endpoint of operators, admins and the machine, tried from the page: refused",
    async () => {
      const before = await house(there);
      const answers = await tries(page, ({ needs }) => !["nobody", "viewer"].includes(needs));
      for (const [name, code] of Object.entries(answers)) assert.equal(code, "not_allowed", name);
      assert.deepEqual(await house(there), before);
    },
  );
});

/** What a refused act must have left alone. */
const house = ({ house: { store } }: Site) =>
  store.read.selectFrom("connection").select(["name", "paused", "settings_json"]).execute();

test("an operator syncs, accepts and sets rules; connecting and managing is for admins", async (t) => {
  const there = await site(t, { users: 40, eventsPerDay: 40 });
  const connection = await withTrouble(there);
  const { sim } = there;
  const { page } = await visitor(t, there, { as: "operator" });
  const tell = story(t);

  await tell("no page offers what only admins may", async () => {
    const pages = PAGES(String(sim.siteAdminId)).filter((each) => /integrations|users\/|licenses/.test(each));
    for (const path of pages.filter((each) => !each.includes("do=test"))) {
      await everything(page, path);
      assert.deepEqual(await acts(page, OF_ADMINS), [], path);
      assert.equal(await page.getByRole("dialog").count(), 0, path);
    }
    await page.goto("/integrations/1?tab=settings");
    await page.getByText("An admin changes settings.").waitFor();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem").first().waitFor();
    assert.equal(await page.getByRole("menuitem", { name: OF_ADMINS }).count(), 0);
    await page.keyboard.press("Escape");
  });

  await tell("every endpoint of admins and the machine, tried from the page: refused", async () => {
    const answers = await tries(page, ({ needs }) => needs === "admin" || needs === "machine");
    for (const [name, code] of Object.entries(answers)) assert.equal(code, "not_allowed", name);
  });

  await tell("Sync now reads what was lost", async () => {
    sim.control.patchScenario({
      "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: null } },
    });
    await page.goto("/integrations/1");
    await page.getByRole("main").getByRole("button", { name: "Sync now" }).click();
    await says(page.getByRole("main"), "Connected");
  });

  await tell("a held listing is applied when the operator says that it is right", async () => {
    sim.control.mutate({ op: "loseHalfOfUsers" });
    await sync(there.house, connection, { lanes: ["directory"] });
    await page.goto("/integrations/1");
    await page
      .getByText(/Held, not applied/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "It is right, apply" }).first().click();
    await page
      .getByText(/Held, not applied/)
      .first()
      .waitFor({ state: "hidden" });
    await page.goto("/users?status=missing");
    await page.getByRole("cell", { name: "Missing", exact: true }).first().waitFor();
  });

  await tell("rules of licenses are the operator's to set", async () => {
    await page.goto("/licenses");
    await page.getByRole("button", { name: "Change rules and prices" }).click();
    await page.getByRole("button", { name: "Add a rule" }).waitFor();
  });
});

test("whose rights are limited to one connection sees no other", async (t) => {
  const there = await site(t, { users: 20, eventsPerDay: 20 });
  await there.connected("harvest_v3", { name: "Aldermoor" });
  const eu = await there.connected("harvest_v1", { name: "Aldermoor EU" });
  const { page } = await visitor(t, there);
  const value = await there.house.store.write(async (tx) => {
    const now = Date.now();
    const facts = { email: "eu@example.org", name: "Of EU", role: "operator", password: null, now } as const;
    const member = await createMember(tx, facts);
    await limitMember(tx, member, [eu.id]);
    return (await openSession(tx, member, { ip: null, agent: null }, now)).token;
  });
  await page.context().addCookies([{ name: "glasshouse_session", value, url: there.url }]);

  for (const path of ["/", "/users", "/integrations", "/users?c=1", "/grants?c=1"]) {
    const text = await everything(page, path);
    assert.match(text, /Aldermoor EU/, path);
    assert.ok(!/Aldermoor(?! EU)/.test(text), path);
  }
  await page.goto("/integrations/1");
  await page.getByText("There is no connection").first().waitFor();
  const answers = await tries(
    page,
    ({ path, method }) => method === "GET" && path.startsWith("/connections/{c}/"),
  );
  for (const [name, code] of Object.entries(answers)) {
    assert.ok(["connection_not_found", "not_allowed"].includes(code), `${name}: ${code}`);
  }
});
