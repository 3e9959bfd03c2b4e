/** What may be said of people's use when the audit log tells only a part: unknown is not inactive. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SimulatorOptions } from "../simulator/index.ts";
import type { UserView } from "../src/insights/types.ts";
import { listUsers } from "../src/insights/users.ts";
import { getConnection } from "../src/store/connections/connections.ts";
import { causes, connect, draftFor, open, simulate, sync } from "./harness.ts";

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();

interface Seen {
  people: UserView[];
  states: Record<string, number>;
}

const cases: {
  name: string;
  sim: SimulatorOptions;
  /** Streams switched off by choice. */
  off?: "audit_log"[];
  holds: (seen: Seen) => void;
}[] = [
  {
    name: "the whole window was read: nobody who existed throughout is unknown",
    sim: {},
    holds: ({ people, states }) => {
      const old = people.filter((user) => user.createdAt !== null && user.createdAt < ago(40));
      assert.equal(old.filter((user) => user.license.state === "unknown").length, 0);
      assert.ok(states.in_use! > 0 && states.never_used! > 0, JSON.stringify(states));
    },
  },
  {
    name: "the add-on was bought three days ago: those without use are unknown, never unused",
    sim: { scenario: { "audit.onSince": ago(3) } },
    holds: ({ people, states }) => {
      assert.equal((states.unused ?? 0) + (states.never_used ?? 0), 0, JSON.stringify(states));
      assert.ok(states.in_use! > 0 && states.unknown! > 0, JSON.stringify(states));
      for (const user of people)
        assert.ok(user.usage.coveredDays <= 3, `${user.usage.coveredDays} days are covered`);
    },
  },
  {
    name: "the add-on was off for ten days in between: use before or after it counts, its absence proves nothing",
    sim: { scenario: { "audit.holes": [[ago(18), ago(8)]] } },
    holds: ({ people, states }) => {
      assert.equal((states.unused ?? 0) + (states.never_used ?? 0), 0, JSON.stringify(states));
      for (const user of people)
        assert.ok(user.usage.coveredDays <= 19, `${user.usage.coveredDays} days are covered`);
    },
  },
  {
    name: "the log has been silent for ten days: that time is not taken for read",
    sim: { scenario: { "audit.silentFrom": ago(10) } },
    holds: ({ people, states }) => {
      assert.equal((states.unused ?? 0) + (states.never_used ?? 0), 0, JSON.stringify(states));
      for (const user of people)
        assert.ok(user.usage.coveredDays <= 19, `${user.usage.coveredDays} days are covered`);
    },
  },
  {
    name: "usage is switched off: everybody is unknown, and nothing is missing else",
    sim: {},
    off: ["audit_log"],
    holds: ({ people, states }) => {
      assert.deepEqual(Object.keys(states), ["unknown"]);
      for (const user of people) assert.equal(user.lastUsed, null);
    },
  },
  {
    name: "the account has no audit log: everybody is unknown",
    sim: { scenario: { "audit.addon": "off" } },
    holds: ({ states }) => assert.deepEqual(Object.keys(states), ["unknown"]),
  },
];

for (const { name, sim: options, off, holds } of cases) {
  test(`use when ${name}`, async (t) => {
    const sim = await simulate(t, { users: 60, eventsPerDay: 120, ...options });
    const house = await open(t);
    const draft = draftFor(sim, "harvest_v3");
    const { connection } = await connect(house, {
      ...draft,
      settings: { ...draft.settings, off: [...draft.settings.off, ...(off ?? [])] },
    });
    await sync(house, connection);
    const current = (await getConnection(house.store.read, connection.id))!;
    const { items } = await listUsers(house.store.read, current, { limit: 500 }, Date.now());
    const people = items.filter((user) => user.license.type !== null);
    const states: Record<string, number> = {};
    for (const { license } of people) states[license.state!] = (states[license.state!] ?? 0) + 1;
    assert.ok(
      people.length > 30,
      `${people.length} people; ${JSON.stringify(await causes(house, connection))}`,
    );
    for (const user of people) {
      assert.ok(user.license.reason.length > 0, "each state has its reason");
      if (user.license.state === "in_use") assert.ok(user.lastUsed, "in use has the event behind it");
    }
    holds({ people, states });
  });
}
