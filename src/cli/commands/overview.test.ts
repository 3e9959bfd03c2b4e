/** The pages of the whole and of one person, over an account that was really synced. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, draftFor, open, simulate, sync } from "../../../test/harness.ts";
import { handlers } from "../../api/handlers.ts";
import { run } from "../testing.ts";
import { widthOf } from "../text.ts";

test("overview, report, user and usage say who, why and how we know, and fit 80 columns", async (t) => {
  const sim = await simulate(t, { users: 30, eventsPerDay: 30, days: 30 });
  const house = await open(t);
  const { connection } = await connect(house, draftFor(sim, "harvest_v3"));
  const scopes = (list: string[] | null) =>
    sim.control.patchScenario({
      "credentials.v3": { [sim.clientId]: { secret: sim.clientSecret, scopes: list } },
    });
  scopes(["harvest:users:list"]);
  await sync(house, connection, { lanes: ["directory"] });
  await house.close();
  const ask = async (...argv: string[]) => {
    const { exit, out, err } = await run(argv, { dataDir: house.dataDir, handlers, columns: 80 });
    assert.equal(exit, 0, err);
    for (const line of out.split("\n")) assert.ok(widthOf(line) <= 80, `${widthOf(line)}: ${line}`);
    return out.replaceAll(/\s+/g, " ");
  };
  const early = await ask("overview", "Aldermoor");
  assert.match(early, /Site Admin \d+ Job Admin Unknown Basic Unknown Unknown \d+ /, "grants were not read");
  assert.match(
    early,
    /In use Unknown Unused Unknown Never used Unknown Unknown \d+ of \d+: use was never read/,
  );
  assert.match(early, /Changes, 7 days Users .* level changed unknown Grants Unknown: never read/);
  assert.match(
    await ask("grants", "Aldermoor"),
    /^Aldermoor .*Who holds grants is unknown: they were never read completely\. Aldermoor · sync/,
  );
  assert.match(await ask("licenses", "Aldermoor"), /All \d+ Unknown Unknown Unknown \d+ /);
  assert.match(await ask("roles", "Aldermoor"), /list of roles was never read\. Aldermoor · never listed/);
  scopes(null);
  const later = await open(t, { dataDir: house.dataDir });
  await sync(later, connection);
  await later.close();
  const overview = await ask("overview", "Aldermoor");
  assert.match(
    overview,
    /Needs you .* People with access Active people \d+ Site Admin \d+ Job Admin \d+ Basic \d+/,
  );
  assert.match(overview, /Unused \d+ of \d+ .*Could be freed .* of \d+ licenses.*Changes, 7 days/);

  const report = await ask("report", "Aldermoor");
  assert.match(report, /^Greenhouse at Aldermoor Weekly report, .*- In use: \d+ of \d+/);
  const html = await run(["report", "Aldermoor", "--html"], { dataDir: house.dataDir, handlers });
  assert.match(html.out, /^<!doctype html>/);

  const [person] = JSON.parse(
    (
      await run(["users", "Aldermoor", "--level", "job_admin", "--limit", "1", "--json"], {
        dataDir: house.dataDir,
        handlers,
      })
    ).out,
  );
  const user = await ask("user", "Aldermoor", person.id);
  assert.match(user, new RegExp(`User ID ${person.id}`));
  assert.match(user, /Level Job Admin, because of \d+ grants?, and not a Site Admin\./);
  assert.match(user, /▪ use · none ▒ not known .*Grants: \d+ grants? Role On Job/);
  assert.match(
    user,
    /How we know: Aldermoor · sync run \d+, complete listing.*audit log read completely from/,
  );

  const usage = await ask("usage", "Aldermoor");
  assert.match(
    usage,
    /Who stopped Unknown: it compares 28 days with the 28 before, and \d+ of these 56 days are covered/,
  );
  assert.match(usage, /By level People Job Admin|By level People Basic|By level People Site Admin/);
  assert.doesNotMatch(usage, /sync run/, "use rests on the log, not on a listing");

  const missing = await run(["user", "Aldermoor", "999"], { dataDir: house.dataDir, handlers });
  assert.match(
    missing.err,
    /never seen a user 999\.\n→ Search for the user: glasshouse users Aldermoor --search TEXT\./,
  );
});
