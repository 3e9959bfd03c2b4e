/** `glasshouse act` and `glasshouse actions`, asked of a server that owns the data, against the simulator. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { handlers } from "../src/api/handlers.ts";
import { type RunOptions, run } from "../src/cli/testing.ts";
import { readConfig } from "../src/config.ts";
import { type Glasshouse, openGlasshouse } from "../src/glasshouse.ts";
import { type Builder, openInstallation } from "../src/installation.ts";
import { moveAction } from "../src/store/actions/actions.ts";
import { connect, draftFor, simulate, sync, temporaryFolder, UNLIMITED } from "./harness.ts";

test("act: previewed, typed, refused, done and seen, unknown, taken back; actions tells it all", async (t) => {
  const sim = await simulate(t, { users: 40, eventsPerDay: 0 });
  const dataDir = temporaryFolder(t);
  let house: Glasshouse | null = null;
  const builder: Builder = {
    version: "0.0.0-test",
    handlers,
    consoleDir: "none",
    async build({ scheduled, log }) {
      const opened = await openGlasshouse({ dataDir, env: {}, scheduled, log, timeScale: UNLIMITED });
      house = opened;
      const { services, now, worker, close } = opened;
      return { services, now, schedule: () => worker.schedule(), stop: () => worker.stop(), close };
    },
  };
  const config = readConfig({ GLASSHOUSE_DATA_DIR: dataDir, GLASSHOUSE_LOG_LEVEL: "silent" });
  const owner = { config, command: "serve", need: "own", scheduled: false, err: process.stderr } as const;
  const installation = await openInstallation(builder, owner);
  t.after(() => installation.close());
  const { connection } = await connect(
    house!,
    draftFor(sim, "harvest_v3", { permissionType: "read_and_act" }),
  );
  const listed = () => sync(house!, connection, { lanes: ["directory", "grants"] });
  await listed();
  const people = await house!.store.read
    .selectFrom("user")
    .select(["user_id as id", "email"])
    .where("status", "=", "active")
    .where("site_admin", "=", 0)
    .where("service_account", "=", 0)
    .where("email", "is not", null)
    .orderBy("user_id")
    .execute();
  const [goes, stays, vanishes, other, left] = people as { id: string; email: string }[];
  const admin = String(sim.siteAdminId);
  const ask = (line: string, more: Partial<RunOptions> = {}) =>
    run(line.split(" "), {
      dataDir,
      columns: 200,
      program: { open: (options) => openInstallation(builder, options) },
      ...more,
    });
  const writes = () =>
    sim.control
      .requests({ limit: 5000 })
      .filter(({ method, endpoint }) => method !== "GET" && endpoint !== "token").length;
  const three = `act Aldermoor deactivate ${goes!.email} ${stays!.id} ${admin}`;

  await t.test("a preview changes nothing, and says whom it leaves out, and why", async () => {
    const { exit, out, err } = await ask(`${three} --dry-run`);
    assert.equal(exit, 0, err);
    assert.match(out, new RegExp(`${goes!.id} .*Waiting`));
    assert.match(out, new RegExp(`${admin} .*Refused`));
    assert.match(out, /Deactivate: touches 2 of 3\./);
    assert.match(err, /Nothing was changed\./);
    const json = await ask(`act Aldermoor deactivate - --dry-run --json`, {
      stdin: `${goes!.id}\n${stays!.id}\n`,
    });
    assert.equal(JSON.parse(json.out).targetList.length, 2);
    assert.equal(writes(), 0);
  });

  for (const [name, line, says, typed] of [
    ["another number in --confirm", `${three} --confirm 3`, /It would touch 2, not 3\. Nothing was changed/],
    ["nobody to confirm it", three, /Nobody is here to confirm it\. Add --confirm 2\./],
    ["another number typed", three, /That is not the number\. Nothing was changed\./, "3\n"],
    ["JSON for nobody who has read a preview", `${three} --json`, /--dry-run, then add --confirm/],
    ["whom it could touch is nobody", `act Aldermoor deactivate ${admin} --confirm 1`, /touch nobody/],
    ["no such kind", "act Aldermoor promote 1", /"promote" is none of deactivate, /],
    ["nobody named", "act Aldermoor deactivate", /Say whom it is about/],
    ["an address of nobody", "act Aldermoor deactivate no@one.example", /Nobody has the e-mail address no@/],
    ["no ID of a grant", "act Aldermoor remove-grants future:x", /"future:x" is no ID of a grant/],
    ["to go on, but not which", "actions Aldermoor --go-on", /Say which action is to go on/],
    ["to stop, but not which", "actions Aldermoor --stop", /Say which action is to stop/],
  ] as const) {
    await t.test(`ends with 2: ${name}`, async () => {
      const ran = await ask(line, typed ? { typed: true, stdin: typed } : {});
      assert.deepEqual([ran.exit, writes()], [2, 0], ran.err);
      assert.match(ran.err, says);
    });
  }

  let first = 0;
  await t.test("the number typed: one is done and seen, Greenhouse refuses one, we refuse one", async () => {
    sim.control.patchScenario({ "write.refusals": { [stays!.id]: 422 } });
    const { exit, out, err } = await ask(three, { typed: true, stdin: "2\n" });
    assert.match(err, /Deactivate: type 2 to go on: /);
    assert.equal(exit, 3, out);
    first = Number(/Action (\d+): done\./.exec(out)![1]);
    const result = out.slice(out.indexOf("Action "));
    assert.match(result, new RegExp(`${goes!.id} .*Done and seen`));
    assert.match(result, new RegExp(`${stays!.id} .*Refused .*Greenhouse answered 422`));
    assert.match(result, new RegExp(`${admin} .*Refused`));
    assert.match(result, /1 done and seen, 2 refused, 0 unknown\./);
    assert.equal(writes(), 2);
  });

  await t.test("what was done is never seen: unknown, and where to look", async () => {
    sim.control.patchScenario({ "write.effectSeconds": 86_400 });
    const { exit, out } = await ask(`act Aldermoor deactivate ${vanishes!.id} --confirm 1 --json`);
    sim.control.resetScenario();
    const told = JSON.parse(out);
    assert.deepEqual([exit, told.state, told.counts.unknown], [3, "done", 1]);
    assert.match(told.targetList[0].reason.text, /Greenhouse/);
  });

  await t.test("taken back by its number: whom it had deactivated, and no other", async () => {
    await listed();
    const { exit, out, err } = await ask(`act Aldermoor reactivate --undo ${first} --confirm 1`);
    assert.equal(exit, 0, out + err);
    assert.match(out, new RegExp(`${goes!.id} .*Done and seen`));
    assert.match(out, /1 done and seen, 0 refused, 0 unknown\./);
    assert.doesNotMatch(out, new RegExp(stays!.id));
  });

  await t.test("one that nobody works on goes on when told so, and once done has nothing left", async () => {
    await listed();
    const preview = JSON.parse((await ask(`act Aldermoor deactivate ${left!.id} --dry-run --json`)).out);
    const approved = { state: "approved", applied_at: Date.now(), due_at: Date.now() } as const;
    const action = { connection: connection.id, id: preview.id };
    await house!.store.write((tx) => moveAction(tx, action, ["previewed"], approved, Date.now()));
    const before = writes();
    const { exit, out, err } = await ask(`actions Aldermoor ${preview.id} --go-on`);
    assert.equal(exit, 0, out + err);
    assert.match(out, new RegExp(`${left!.id} .*Done and seen`));
    assert.equal(writes(), before + 1);
    const again = await ask(`actions Aldermoor ${preview.id} --go-on`);
    assert.deepEqual([again.exit, /is done: there is nothing left to do/.test(again.err)], [2, true]);
  });

  await t.test("where a second admin approves, it is proposed, and can be stopped", async () => {
    await listed();
    const settings = { ...connection.settings, secondApproval: true };
    await house!.services.updateConnection(connection, { settings });
    const before = writes();
    const { exit, err } = await ask(`act Aldermoor deactivate ${other!.id} --confirm 1`);
    const proposed = Number(/Proposed as action (\d+)\. Another admin approves it/.exec(err)![1]);
    assert.deepEqual([exit, writes()], [0, before]);
    assert.match((await ask(`actions Aldermoor ${proposed} --stop`)).out, /^Action \d+: cancelled\.$/m);
    const over = await ask(`actions Aldermoor ${first} --stop`);
    assert.deepEqual([over.exit, /is done, so this can't be said of it/.test(over.err)], [1, true]);
  });

  await t.test("actions: all of them, and each of whom one was aimed at", async () => {
    const { out } = await ask("actions Aldermoor");
    const lines = out.split("\n").filter((line) => /the command line/.test(line));
    assert.deepEqual(
      lines.map((line) => /(Deactivate|Reactivate) .*(Done|Cancelled|done|cancelled)/.exec(line)?.slice(1)),
      [
        ["Deactivate", "cancelled"],
        ["Deactivate", "done"],
        ["Reactivate", "done"],
        ["Deactivate", "done"],
        ["Deactivate", "done"],
      ],
    );
    const csv = (await ask(`actions Aldermoor ${first} --csv`)).out.trim().split("\n");
    assert.equal(csv.length, 4);
    assert.equal(JSON.parse((await ask(`actions Aldermoor ${first} --json`)).out).length, 3);
    const none = await ask("actions Aldermoor 99");
    assert.deepEqual([none.exit, /has no action 99/.test(none.err)], [1, true]);
  });
});
