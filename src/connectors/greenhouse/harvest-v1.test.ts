import assert from "node:assert/strict";
import { after, before, beforeEach, suite, test } from "node:test";
import { type FaultRule, type Simulator, startSimulator } from "../../../simulator/index.ts";
import type { Credential } from "../../model/connection.ts";
import { ConnectorError } from "../errors.ts";
import { parts, readAll, sessionOptions } from "./testing.ts";

suite("v1 lists", () => {
  let sim: Simulator;
  let v1: Credential;
  let v3: Credential;
  before(async () => {
    sim = await startSimulator({ users: 1100, jobPermissions: 1500, eventsPerDay: 0, rateLimits: false });
    v1 = { kind: "harvest_v1", clientId: null, secret: sim.v1Key };
    v3 = { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret };
  });
  after(() => sim.close());
  beforeEach(() => {
    sim.control.clearFaults();
    sim.control.resetScenario();
    sim.control.clearRequests();
  });
  const open = (credential = v1) => parts(sessionOptions(sim.urls, credential));

  for (const stream of ["users", "roles", "departments", "offices", "jobs"] as const) {
    test(`${stream}: the same ids as on v3`, async () => {
      const one = await readAll<{ id: string; serviceAccount?: boolean }>(open().list(stream) as never);
      const three = await readAll<{ id: string; serviceAccount?: boolean; type?: string }>(
        open(v3).list(stream) as never,
      );
      assert.deepEqual(one.unreadable, []);
      assert.ok(one.pages.every((page) => page.covers.by === "nothing"));
      assert.deepEqual(
        one.records.map((row) => row.id).toSorted(),
        three.records
          // v1 knows neither service accounts nor the Site Admin's own role (api.md §1.6)
          .filter((row) => !row.serviceAccount && row.type !== "site_admin")
          .map((row) => row.id)
          .toSorted(),
      );
    });
  }

  for (const [name, scenario] of [
    ["shuffled rows", { "v1.order": "shuffled" }],
    ["no Link headers at all", { "v1.linkHeader": false }],
    ["plural parents", { "v1.parentExternalId": "plural", "v1.childExternalIds": "singular" }],
    ["empty parents and ragged arrays", { "v1.topLevelParent": "empty", "v1.externalIdArrays": "ragged" }],
  ] as const) {
    test(`every user, department and office once with ${name}`, async () => {
      for (const stream of ["users", "departments", "offices"] as const) {
        const ids = async () =>
          (await readAll<{ id: string }>(open().list(stream) as never)).records
            .map((row) => row.id)
            .toSorted();
        sim.control.resetScenario();
        const whole = await ids();
        sim.control.patchScenario(scenario);
        assert.deepEqual(await ids(), whole);
      }
    });
  }

  test("a listing goes on from a stored place", async () => {
    const whole = (await readAll(open().list("users"))).pages;
    assert.ok(whole.length > 1);
    const rest = await readAll(open().list("users", { resume: whole[0]!.next }));
    assert.deepEqual(
      rest.records.map((user) => user.id),
      whole.slice(1).flatMap((page) => page.records.map((user) => user.id)),
    );
  });

  const holders = async () => {
    const grants = (await readAll(open(v3).list("job_grants"))).records;
    const ids = [...new Set(grants.map((grant) => grant.userId))]
      .toSorted((a, b) => Number(a) - Number(b))
      .slice(0, 40);
    const usersAfter = async (after: string | null, limit: number) =>
      ids.filter((id) => after === null || Number(id) > Number(after)).slice(0, limit);
    return { ids, usersAfter, grants: grants.filter((grant) => ids.includes(grant.userId)) };
  };

  test("grants are read user by user, in order, each page speaking for its user", async () => {
    const { ids, usersAfter, grants } = await holders();
    const { pages, records } = await readAll(open().list("job_grants", { usersAfter }));
    assert.deepEqual(
      pages.map((page) => page.covers),
      ids.map((userId) => ({ by: "user", userId })),
    );
    assert.deepEqual(
      pages.map((page) => page.next),
      [...ids.slice(0, -1), null],
    );
    assert.deepEqual(
      records.map((grant) => `${grant.userId} ${grant.jobId} ${grant.roleId}`).toSorted(),
      grants.map((grant) => `${grant.userId} ${grant.jobId} ${grant.roleId}`).toSorted(),
    );
  });

  test("grants go on after the last user read", async () => {
    const { ids, usersAfter } = await holders();
    const { pages } = await readAll(open().list("job_grants", { usersAfter, resume: ids[36]! }));
    assert.deepEqual(
      pages.map((page) => page.covers),
      ids.slice(37).map((userId) => ({ by: "user", userId })),
    );
  });

  test("nobody who could hold a grant: one empty page, the last", async () => {
    const { pages } = await readAll(open().list("future_job_grants", { usersAfter: async () => [] }));
    assert.deepEqual(
      pages.map((page) => [page.records, page.covers, page.next]),
      [[[], { by: "nothing" }, null]],
    );
  });

  const unknown: FaultRule["fault"] = {
    kind: "status",
    status: 404,
    body: '{"message":"Resource not found"}',
  };

  for (const [name, end] of [
    ["an empty page", { kind: "status", status: 200, body: "[]" }],
    ["a 404", unknown],
    ["a 422", { kind: "status", status: 422, body: '{"message":"Validation error"}' }],
  ] as [string, FaultRule["fault"]][]) {
    test(`without Link headers full pages of grants are followed by their number, up to ${name}`, async () => {
      const { ids } = await holders();
      const path = `/v1/users/${ids[0]}/permissions/jobs`;
      const full = (from: number) =>
        JSON.stringify(
          Array.from({ length: 500 }, (_, i) => ({
            id: from + i,
            job_id: 2,
            user_role_id: 3,
            user_id: Number(ids[0]),
          })),
        );
      for (const [query, fault] of [
        ["page=3", end],
        ["page=2", { kind: "status", status: 200, body: full(501) }],
        ["per_page=", { kind: "status", status: 200, body: full(1) }],
      ] as [string, FaultRule["fault"]][])
        sim.control.addFaults({ match: { path, query }, fault });
      const usersAfter = async (after: string | null) => (after === null ? [ids[0]!] : []);
      const { records, pages } = await readAll(open().list("job_grants", { usersAfter }));
      assert.deepEqual([records.length, pages[0]!.covers], [1000, { by: "user", userId: ids[0] }]);
    });
  }

  test("without Link headers a page that is cut below the size asked for is asked on with its own", async () => {
    const { ids } = await holders();
    const rows = (from: number, count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, i) => ({ id: from + i, job_id: 2, user_role_id: 3 })));
    for (const [query, body] of [
      ["per_page=100&page=2", rows(101, 50)],
      ["per_page=500", rows(1, 100)],
    ] as const) {
      const path = `/v1/users/${ids[0]}/permissions/jobs`;
      sim.control.addFaults({ match: { path, query }, fault: { kind: "status", status: 200, body } });
    }
    const usersAfter = async (after: string | null) => (after === null ? [ids[0]!] : []);
    const { records } = await readAll(open().list("job_grants", { usersAfter }));
    assert.equal(records.length, 150);
  });

  const refusedWith = (status: number): FaultRule["fault"] => ({
    kind: "status",
    status,
    body: '{"message":"No"}',
  });
  const refuse = (fault: FaultRule["fault"], users: readonly string[]) =>
    sim.control.addFaults(
      ...users.map((id) => ({ match: { path: `/v1/users/${id}/permissions/jobs` }, fault })),
    );
  const untold = (userId: string) => ({ by: "nothing", userId });

  for (const status of [401, 403, 404, 422, 500]) {
    test(`users who alone are answered ${status}, wherever they come, have pages that speak for nothing`, async () => {
      const { ids, usersAfter, grants } = await holders();
      const alone = [ids[0]!, ids[1]!, ids[9]!, ids[38]!, ids[39]!];
      refuse(refusedWith(status), alone);
      const { pages, records, unreadable } = await readAll(open().list("job_grants", { usersAfter }));
      assert.deepEqual(
        pages.map((page) => page.covers),
        ids.map((userId) => (alone.includes(userId) ? untold(userId) : { by: "user", userId })),
      );
      assert.deepEqual(
        pages.map((page) => page.next),
        [...ids.slice(0, -1), null],
      );
      assert.deepEqual(
        unreadable.map(({ reason }) => reason),
        alone.map((id) => `Greenhouse answered ${status} for user ${id}`),
      );
      assert.equal(records.length, grants.filter(({ userId }) => !alone.includes(userId)).length);
    });
  }

  test("more in a row than is chance: the last one who was told is asked again", async () => {
    const { ids, usersAfter } = await holders();
    refuse(refusedWith(403), ids.slice(2, 20));
    const { pages } = await readAll(open().list("job_grants", { usersAfter }));
    assert.equal(pages.filter(({ covers }) => covers.by === "nothing").length, 18);
    const again = sim.control.requests().filter(({ path }) => path.includes(`/${ids[1]}/permissions`));
    assert.equal(again.length, 2);
  });

  test("more in a row from the first user on: the newest are asked", async () => {
    const { ids, usersAfter } = await holders();
    refuse(refusedWith(403), [...ids.slice(0, 20), ids[39]!]);
    const { pages } = await readAll(open().list("job_grants", { usersAfter }));
    assert.equal(pages.filter(({ covers }) => covers.by === "nothing").length, 21);
    const asked = (id: string) =>
      sim.control.requests().filter(({ path }) => path.includes(`/${id}/permissions`));
    assert.equal(asked(ids[38]!).length, 2 + 1, "once for itself, once for the first, once for the last");
  });

  for (const [name, resumed] of [
    ["from the first user on", false],
    ["after a kill", true],
  ] as const) {
    test(`where everybody's grants are refused ${name}, that is the listing's end, soon`, async () => {
      const { ids, usersAfter } = await holders();
      sim.control.patchScenario({ "credentials.v1": { [sim.v1Key]: { permissions: ["users", "user"] } } });
      const { caller, list } = open();
      const listing = readAll(list("job_grants", { usersAfter, resume: resumed ? ids[4]! : null }));
      await assert.rejects(listing, (error) => error instanceof ConnectorError && error.ask.status === 403);
      assert.ok(caller.meter.requests <= 20, `${caller.meter.requests} requests`);
    });
  }

  test("trouble for everybody is the listing's end after a few users", async () => {
    const { ids, usersAfter } = await holders();
    refuse(refusedWith(500), ids);
    const { caller, list } = open();
    const listing = readAll(list("job_grants", { usersAfter, resume: ids[4]! }));
    await assert.rejects(
      listing,
      (error) => error instanceof ConnectorError && error.family === "unavailable",
    );
    assert.ok(caller.meter.requests <= 50, `${caller.meter.requests} requests`);
  });

  test("one user whose answer is garbled each time is skipped", async () => {
    const { ids, usersAfter } = await holders();
    refuse({ kind: "status", status: 200, body: "no JSON" }, [ids[7]!]);
    const { pages, unreadable } = await readAll(open().list("job_grants", { usersAfter }));
    assert.deepEqual(pages[7]!.covers, untold(ids[7]!));
    assert.match(unreadable[0]!.reason, /an answer that can't be read for user/);
  });

  test("a key that loses its permission on the way ends the listing", async () => {
    const { ids, usersAfter } = await holders();
    refuse(refusedWith(403), ids.slice(5));
    sim.control.addFaults({
      match: { path: `/v1/users/${ids[4]}/permissions/jobs`, nth: 2 },
      fault: refusedWith(403),
    });
    await assert.rejects(readAll(open().list("job_grants", { usersAfter })), ConnectorError);
  });

  test("a user whom Greenhouse doesn't know at all is no end, also where nobody else is left to ask", async () => {
    const nobody = "4999999999004";
    const usersAfter = async (after: string | null) => (after === null ? [nobody] : []);
    const { pages, unreadable } = await readAll(open().list("job_grants", { usersAfter }));
    assert.deepEqual(
      pages.map((page) => page.covers),
      [untold(nobody)],
    );
    assert.equal(unreadable[0]!.reason, `Greenhouse answered 404 for user ${nobody}`);
  });

  test("a 404 for the grants of a user who is there, and of whom else can be asked: the path is gone", async () => {
    const { ids, usersAfter } = await holders();
    refuse(refusedWith(404), ids.slice(38));
    const last = readAll(open().list("job_grants", { usersAfter, resume: ids[38]! }));
    await assert.rejects(last, (error) => error instanceof ConnectorError && error.ask.status === 404);
  });

  test("a grant of another user in the answer is unreadable: the question was not understood", async () => {
    const { usersAfter, ids } = await holders();
    const body = JSON.stringify([{ id: 1, job_id: 2, user_role_id: 3, user_id: 4 }]);
    sim.control.addFaults({
      match: { path: `/v1/users/${ids[0]}/permissions/jobs` },
      fault: { kind: "status", status: 200, body },
    });
    const { unreadable } = await readAll(open().list("job_grants", { usersAfter }));
    assert.deepEqual(unreadable, [{ id: "1", field: "user_id", reason: "another user's" }]);
  });

  for (const [name, query, nth, gone] of [
    ["it was the last", "page=2", 1, false],
    ["and a 404 for that one, too: the list is gone", "page", 2, true],
  ] as const) {
    test(`without Link headers, a 404 for the page after a full one: ${name}`, async () => {
      const whole = (await readAll(open().list("users"))).pages[0]!;
      sim.control.patchScenario({ "v1.linkHeader": false });
      sim.control.addFaults({ match: { path: "/v1/users", query, nth, count: null }, fault: unknown });
      const listing = readAll(open().list("users"));
      if (gone) return assert.rejects(listing, ConnectorError);
      const { records, pages } = await listing;
      assert.deepEqual(records, whole.records);
      assert.equal(pages.at(-1)!.next, null);
    });
  }

  for (const [name, fault] of [
    ["too large", { kind: "gzipBomb", megabytes: 20 }],
    ["of a size that is refused", { kind: "status", status: 422, body: '{"errors":[{"field":"per_page"}]}' }],
  ] as [string, FaultRule["fault"]][]) {
    test(`pages that are ${name} are asked for in smaller ones, and every row comes once`, async () => {
      const whole = (await readAll(open().list("users"))).records.map(({ id }) => id);
      // From the first page on; or the second alone, which begins with the 501st row whatever its size.
      for (const query of ["per_page=500", "page=2"]) {
        sim.control.clearFaults();
        sim.control.addFaults({ match: { path: "/v1/users", query }, fault });
        for (const linkHeader of [true, false]) {
          sim.control.patchScenario({ "v1.linkHeader": linkHeader });
          const { records } = await readAll(open().list("users"));
          assert.deepEqual(
            records.map(({ id }) => id),
            whole,
          );
        }
      }
    });
  }

  for (const status of [401, 403, 404, 410]) {
    test(`v1 that answers ${status} ends at once`, async () => {
      sim.control.patchScenario({ "v1.state": String(status) as "401" });
      const { caller, list } = open();
      const error = await readAll(list("users")).then(
        () => null,
        (thrown) => thrown,
      );
      assert.ok(error instanceof ConnectorError && error.ask.status === status);
      assert.equal(caller.meter.requests, 1);
    });
  }
});
