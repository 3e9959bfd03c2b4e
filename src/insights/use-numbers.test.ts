import assert from "node:assert/strict";
import { test } from "node:test";
import type { UserFilter } from "../model/query.ts";
import type { KindOfUse } from "../model/usage.ts";
import { accounts } from "../store/listings/listing-testing.ts";
import { listEvents } from "./events.ts";
import { overview } from "./overview.ts";
import { alive, company, deed, NOW, whole } from "./testing.ts";
import { usage } from "./usage.ts";
import { listUsers } from "./users.ts";

const account = accounts();

test("the numbers of usage count active people alone, as the overview does, and are the lengths of their lists", async () => {
  const aldermoor = await company(await account());
  await aldermoor.list();
  await aldermoor.read(
    [...alive(93), deed(1, 3), deed(3, 0), deed(4, 1), deed(6, 2), deed(9, 1), deed(404, 2)],
    whole(93, 0),
  );
  const { db, connection } = aldermoor;
  const { people, by, range, window } = await usage(db, connection, {}, NOW);
  assert.deepEqual(people, { range: 3, lastDay: 1, last7Days: 3, last28Days: 3, of: 7 });
  assert.equal((await overview(db, connection, NOW)).use.inUse, people.last28Days);
  const active = { status: ["active"], serviceAccounts: "exclude" } satisfies UserFilter;
  const rows = async (filter: UserFilter) =>
    (await listUsers(db, connection, { ...active, ...filter }, NOW)).total;
  assert.equal(await rows({ usedFrom: window.to, usedTo: window.to }), people.lastDay);
  assert.equal(await rows({ usedFrom: window.from }), people.last28Days);
  assert.equal(await rows({ usedFrom: "2026-11-17" }), people.last7Days);
  const everybody = (await listUsers(db, connection, active, NOW)).items.map(({ id }) => id);
  for (const { id, people } of by!.kind!) {
    const kind = id as KindOfUse;
    assert.equal(await rows({ usedFrom: window.from, usedKind: kind }), people, id);
    const behind = { kind: [kind], counts: true, from: Date.parse(range.startsAt) };
    const { items } = await listEvents(db, connection, behind, NOW);
    const theirs = new Set(items.map(({ user }) => user!.id));
    assert.equal(everybody.filter((each) => theirs.has(each)).length, people, `events: ${id}`);
  }
  for (const part of ["level", "role", "department", "office"] as const) {
    assert.ok(by![part]!.some(({ people }) => people > 0));
    for (const { id, people } of by![part]!) {
      const filter = { usedFrom: window.from, [part]: part === "level" ? [id] : id };
      assert.equal(await rows(filter), people, `${part} ${id}`);
    }
  }
});
