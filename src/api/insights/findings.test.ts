/** What is decided about a finding, over HTTP. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Finding } from "../../model/finding.ts";
import { getFinding, saveFindings } from "../../store/findings/findings.ts";
import { listTrail } from "../../store/members/trail.ts";
import { handlers } from "../handlers.ts";
import { serveHttp } from "../http/server.ts";
import { NOW, testContext } from "../testing.ts";

type TestContext = Parameters<typeof testContext>[0];

const FINDING: Finding = {
  rule: "dormant_site_admin",
  subject: "7",
  userId: "7",
  severity: "high",
  text: "Ines Okafor is a Site Admin, last used on 3 Sep.",
  rows: 1,
  evidence: [],
  rowsAt: null,
  coverage: "audit log",
  state: "open",
  stateAt: NOW - 1000,
  firstSeenAt: NOW - 1000,
  lastSeenAt: NOW,
  returned: 0,
  accepted: null,
  ownerId: null,
  fixedRun: null,
  by: null,
};
const ID = "dormant_site_admin:7";

async function account(t: TestContext, finding: Partial<Finding> = {}) {
  const { context, store, connect, token, member } = await testContext(t);
  const config = { host: "127.0.0.1", port: 0, publicUrl: null };
  const http = await serveHttp(context, { config, handlers, consoleDir: join(store.dir, "console") });
  t.after(() => http.close());
  const { id } = await connect("Aldermoor");
  await store.write((tx) => saveFindings(tx, id, [{ ...FINDING, ...finding }]));
  const people = { viewer: await token("viewer"), operator: await token("operator") };
  const ask = async (who: keyof typeof people, method: string, path: string, body?: object) => {
    const answer = await fetch(`${http.url}/api/v1/connections/Aldermoor/findings${path}`, {
      method,
      headers: { authorization: people[who].authorization, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of many kinds
    const told = (await answer.json()) as any;
    return { status: answer.status, body: told, code: told.error?.code ?? null };
  };
  const kept = async () => (await getFinding(store.read, id, "dormant_site_admin", "7"))!;
  return { ask, kept, store, id, member };
}

const until = (days: number) => new Date(NOW + days * 86_400_000).toISOString().slice(0, 10);
const accept = { state: "accepted", until: until(30), reason: "stands in for Tomas" };

interface Case {
  what: string;
  who?: "viewer";
  before?: Partial<Finding>;
  body: object;
  status: number;
  code?: string;
  becomes?: Partial<Finding>;
}
const CASES: Case[] = [
  {
    what: "accepted with a date and a reason",
    body: accept,
    status: 200,
    becomes: {
      state: "accepted",
      accepted: { until: Date.parse(until(30)), reason: "stands in for Tomas" },
      by: "The operator",
      stateAt: NOW,
    },
  },
  {
    what: "accepted without a reason",
    body: { ...accept, reason: undefined },
    status: 400,
    code: "invalid_request",
  },
  {
    what: "accepted without a date",
    body: { ...accept, until: undefined },
    status: 400,
    code: "invalid_request",
  },
  {
    what: "accepted until yesterday",
    body: { ...accept, until: until(-1) },
    status: 400,
    code: "invalid_request",
  },
  {
    what: "accepted for ten years",
    body: { ...accept, until: until(3650) },
    status: 400,
    code: "invalid_request",
  },
  { what: "a reason for nothing", body: { reason: "why not" }, status: 400, code: "invalid_request" },
  {
    what: "said to be fixed",
    body: { state: "fixed" },
    status: 200,
    becomes: { state: "fixed", by: "The operator" },
  },
  {
    what: "opened again",
    before: { state: "accepted", accepted: { until: NOW + 1, reason: "r" } },
    body: { state: "open" },
    status: 200,
    becomes: { state: "open", accepted: null },
  },
  {
    what: "accepted when it was seen fixed",
    before: { state: "seen_fixed" },
    body: accept,
    status: 422,
    code: "not_possible",
    becomes: { state: "seen_fixed" },
  },
  { what: "given to nobody there is", body: { owner: 99 }, status: 404, code: "member_not_found" },
  {
    what: "by a viewer",
    who: "viewer",
    body: accept,
    status: 403,
    code: "not_allowed",
    becomes: { state: "open" },
  },
];

for (const { what, who = "operator", before, body, status, code = null, becomes = {} } of CASES) {
  test(`a finding ${what}: ${code ?? "done"}`, async (t) => {
    const { ask, kept } = await account(t, before);
    const answer = await ask(who, "PATCH", `/${ID}`, body);
    assert.deepEqual([answer.status, answer.code], [status, code]);
    const after = await kept();
    assert.deepEqual(
      Object.fromEntries(Object.keys(becomes).map((key) => [key, after[key as keyof Finding]])),
      becomes,
    );
  });
}

test("who sees the connection can look after a finding; who doesn't, or is removed, can't", async (t) => {
  const { ask, kept, member } = await account(t);
  const elsewhere = await member("operator", []);
  assert.equal((await ask("operator", "PATCH", `/${ID}`, { owner: elsewhere })).code, "member_not_found");
  const owner = await member("operator");
  const answer = await ask("operator", "PATCH", `/${ID}`, { owner });
  assert.deepEqual(answer.body.owner, { id: owner, name: "The operator" });
  assert.equal((await kept()).ownerId, owner);
  assert.equal((await kept()).state, "open");
});

test("each decision is in the audit trail, with the finding's id", async (t) => {
  const { ask, store } = await account(t);
  await ask("operator", "PATCH", `/${ID}`, accept);
  const [row] = await listTrail(store.read, { before: null, limit: 1 });
  assert.deepEqual([row?.action, row?.target, row?.result], ["changeFinding", ID, "ok"]);
  const [until, untilBefore] = [new Date(accept.until).toISOString(), null];
  const told = { state: "accepted", stateBefore: "open", until, untilBefore };
  assert.deepEqual(row?.details, told);
});

test("an id that no finding has is told as such", async (t) => {
  const { ask } = await account(t);
  for (const id of ["dormant_site_admin:8", "no_rule:7", "dormant_site_admin"]) {
    assert.equal((await ask("viewer", "GET", `/${id}`)).code, "finding_not_found", id);
  }
  assert.equal((await ask("viewer", "GET", `/${ID}`)).body.label, "Dormant Site Admin");
});
