/** Employees in the browser: a pasted list of leavers, a CSV with what is wrong in it, links, domains, SCIM. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sync } from "../harness.ts";
import { numberIn, story } from "./acts.ts";
import { accessible, PHONE, screenshot, settled, site, visitor, WIDE } from "./browser.ts";

const LARGE = { width: 1440, height: 900 };

interface User {
  id: string;
  name: string;
  email: string | null;
}

test("employees", async (t) => {
  const there = await site(t, { users: 60 });
  const connection = await there.connected("harvest_v3", { permissionType: "read_and_act" });
  const tell = story(t);
  const { page } = await visitor(t, there, { as: "admin" });
  const at = async (path: string) => (await page.request.get(`/api/v1${path}`)).json();
  const { items } = (await at("/connections/1/users?status=active&serviceAccounts=exclude&limit=100")) as {
    items: User[];
  };
  const admin = String(there.sim.siteAdminId);
  const lower = items.map(({ email }) => email?.toLowerCase());
  const people = items.filter(
    ({ id, email }, i) =>
      id !== admin && email !== null && lower.filter((each) => each === lower[i]).length === 1,
  );
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const dialog = page.getByRole("dialog");
  const tab = (name: string) => page.getByRole("tab", { name: new RegExp(`^${name}`) });
  /** To be looked at in both colors, wide and narrow; that nothing is hidden from anybody is tested in one. */
  const pictures = async (name: string) => {
    await settled(page);
    await accessible(page);
    if (process.env.GLASSHOUSE_TEST_SCREENSHOTS === "0") return;
    for (const [width, viewport] of [
      ["wide", LARGE],
      ["phone", PHONE],
    ] as const) {
      await page.setViewportSize(viewport);
      await settled(page);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await screenshot(page, `employees-${name}-${width}-${colorScheme}`);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(WIDE);
  };

  await tell("without a directory the page says what it is for", async () => {
    await page.goto("/employees");
    await page.getByText("Who has left, and can still sign in to Greenhouse?").waitFor();
    const { page: other } = await visitor(t, there, { as: "viewer" });
    await other.goto("/employees");
    await other.getByText("An admin imports employees here.").waitFor();
    assert.equal(await other.getByRole("button", { name: "Import" }).count(), 0);
  });

  await tell("a pasted list of leavers gives the people to deactivate", async () => {
    await page.getByRole("button", { name: "Import" }).first().click();
    await dialog.getByRole("tab", { name: "Paste a list" }).click();
    await dialog.getByRole("button", { name: "See what it would do" }).click();
    await dialog.getByText("Paste at least one address").waitFor();
    const list = dialog.getByLabel(/^E-mail addresses/);
    await list.fill(`${people[0]!.email}, ${day(12)}\nnobody at all`);
    await dialog.getByRole("button", { name: "See what it would do" }).click();
    await dialog.getByText("1 row is wrong, so nothing can be imported").waitFor();
    await list.fill(`${people[0]!.email}, ${day(12)}\n${people[1]!.email} ${day(40)}\n${people[2]!.email}`);
    await dialog.getByRole("button", { name: "See what it would do" }).click();
    await dialog.getByRole("heading", { name: "It would do" }).waitFor();
    await pictures("paste");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await page
      .getByText("3 of 3 users")
      .or(page.getByText(/^3 users/))
      .first()
      .waitFor();
    await page.getByRole("link", { name: people[1]!.name }).waitFor();
  });

  await tell(
    "a CSV is dropped, its columns are corrected, and a word that isn't known is asked about",
    async () => {
      await page.getByRole("button", { name: "Import" }).first().click();
      await dialog.getByRole("tab", { name: "Upload a CSV" }).click();
      const rows = people.slice(0, 14).map(({ name, email }, i) => {
        const [state, leave] =
          i < 3 ? ["Terminated", day(10 + i)] : i === 4 ? ["Suspended", ""] : ["Active", ""];
        return `E-${i};${name};${email};Talent;Ines Okafor;${state};${leave}`;
      });
      const text = ["No.;Worker;E-mail (work);Team;Manager;Worker Status;Termination Date", ...rows].join(
        "\n",
      );
      const transfer = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(`${text}\n`)}], "workers.csv", { type: "text/csv" }));
      return data;
    })()`);
      await dialog.getByText("Drop a CSV here").dispatchEvent("drop", { dataTransfer: transfer });
      await dialog.getByText("workers.csv").waitFor();
      await dialog.getByText(/"Suspended" is not a status/).waitFor();
      await pictures("csv");
      await dialog.getByLabel("What the status Suspended means").selectOption("On leave");
      await dialog.getByRole("heading", { name: "It would do" }).waitFor();
      await dialog.getByLabel("What the column No. holds").selectOption("Employee ID");
      await dialog.getByText("E-0", { exact: false }).first().waitFor();
      await dialog.getByRole("button", { name: "Import", exact: true }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByText(/^14 in the directory/).waitFor();
    },
  );

  await tell("a file of everybody that lacks more than a tenth asks for the number", async () => {
    await page.getByRole("button", { name: "Import" }).first().click();
    const rows = people.slice(3, 10).map(({ email }, i) => `E-${i + 3},${email}`);
    const file = {
      name: "all.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`Employee ID,Email\n${rows.join("\n")}\n`),
    };
    await dialog.locator("input[type=file]").setInputFiles(file);
    await dialog.getByLabel("This file is everybody who works here").check();
    await dialog.getByText("More than a tenth: 4 of 11 would be marked as left.").waitFor();
    const go = dialog.getByRole("button", { name: "Import", exact: true });
    assert.ok(await go.isDisabled());
    await dialog.getByLabel("Type 4 to confirm").fill("5");
    await dialog.getByText("Another number").waitFor();
    await screenshot(page, "employees-confirm-wide-light");
    await dialog.getByLabel("Type 4 to confirm").fill("4");
    await go.click();
    await dialog.waitFor({ state: "hidden" });
    await tab("Left but active").getByText("7").waitFor();
    await pictures("left");
  });

  await tell(
    "all of them can be deactivated from here, and the dashboard counts each as a finding",
    async () => {
      await page
        .getByRole("checkbox", { name: /^Choose / })
        .first()
        .check();
      await page.getByRole("button", { name: "All 7 that fit" }).click();
      await page.getByRole("button", { name: "Deactivate…" }).click();
      await dialog.getByText("Touches 7 people.").waitFor();
      await pictures("deactivate");
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await page.goto("/");
      const open = page.getByRole("link", { name: /open findings?, \d+ of them high/ });
      const { total } = (await at("/connections/1/findings?rule=left_but_active")) as { total: number };
      assert.equal(total, 7);
      assert.ok(numberIn(await open.textContent()) >= total);
      await page.goto("/employees");
      await page.getByText("7 users").or(page.getByText("7 of 7 users")).first().waitFor();
    },
  );

  await tell("somebody else links a user, and takes it back", async () => {
    const { page: operator } = await visitor(t, there, { as: "operator" });
    await operator.goto("/employees?list=no_employee");
    const first = operator.getByRole("button", { name: /^Decide: who / }).first();
    await first.waitFor();
    const name = (await first.getAttribute("aria-label"))!.replace("Decide: who ", "").replace(" is", "");
    await first.click();
    const asked = operator.getByRole("dialog");
    await asked.getByLabel("Somebody else").fill("E-5");
    const chosen = asked.getByRole("radio", { name: new RegExp(people[5]!.name) });
    await chosen.check();
    await asked.getByRole("searchbox", { name: "Somebody else" }).fill("nobody is called so");
    await asked.getByText("No employee fits.").waitFor();
    assert.equal(await chosen.isChecked(), true, "who is chosen stays in sight");
    await accessible(operator);
    await asked.getByRole("button", { name: "Save" }).click();
    await operator.getByText(`Saved who ${name} is`, { exact: true }).waitFor();
    await operator.goto(`/users/${people[5]!.id}`);
    await operator.getByText("another user is this employee by a link made here").waitFor();
  });

  await tell("every list is shown, and each number is that of its rows", async () => {
    await page.goto("/employees");
    for (const name of [
      "Ambiguous",
      "No Greenhouse user",
      "Active without an employee",
      "Came back",
      "Removed",
      "All",
    ]) {
      await tab(name).click();
      await settled(page);
      const label = await tab(name).textContent();
      const rows = Number(/(\d+)$/.exec(label!)![1]);
      const foot = await page.locator("[data-stamp]").textContent();
      assert.match(foot!, new RegExp(`^${rows === 0 ? "(0|No)" : rows} `), `${name}: ${foot}`);
    }
    await tab("Active without an employee").click();
    await pictures("without");
    await tab("Removed").click();
    await pictures("removed");
  });

  await tell(
    "a leaver's row is closed by the sync that sees them deactivated, and the time stands there",
    async () => {
      there.sim.control.mutate({ op: "deactivateUser", userId: Number(people[0]!.id) });
      await sync(there.house, connection);
      await page.goto("/employees?list=removed");
      await page.getByRole("link", { name: people[0]!.name }).waitFor();
      await page.getByText("Nine of ten within").waitFor();
      await pictures("measured");
    },
  );

  await tell("domains are said here, and a SCIM token is shown once", async () => {
    await page.getByRole("button", { name: "Our domains" }).click();
    await dialog.getByLabel("Domains, one a line").fill("example.org\npartner.example");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Import" }).first().click();
    await dialog.getByRole("tab", { name: "SCIM" }).click();
    await dialog.getByLabel("What for").fill("Okta");
    await dialog.getByRole("button", { name: "Make a token" }).click();
    const secret = await dialog.getByText(/^glasshouse_scim_/).textContent();
    const users = await fetch(`${there.url}/scim/v2/Users`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    assert.equal(users.status, 200);
    await pictures("scim");
    await dialog.getByRole("button", { name: "Revoke the token Okta" }).click();
    const asked = page.getByRole("dialog", { name: "Revoke Okta?" });
    await asked.getByRole("button", { name: "Revoke", exact: true }).click();
    await dialog.getByText("No token yet.").waitFor();
  });

  await tell("the dashboard names them first, and a user's page says who it is and why", async () => {
    await page.goto("/");
    await settled(page);
    await page.getByRole("link", { name: /people have left and are still active$/ }).waitFor();
    await pictures("dashboard");
    await page
      .getByRole("region", { name: "Left but active" })
      .or(page.getByText("Left but active"))
      .first()
      .waitFor();
    await page.goto(`/users/${people[1]!.id}`);
    await page.getByText("by e-mail", { exact: false }).first().waitFor();
    await pictures("user");
  });
});
