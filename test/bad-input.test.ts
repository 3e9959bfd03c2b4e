/** Rows and answers that nobody should send, after a good sync: a clear verdict, and no row lost or made wrong. */
import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import type { Stream } from "../src/model/stream.ts";
import type { CauseCode } from "../src/model/verdict.ts";
import { listVerdicts } from "../src/store/connections/verdicts.ts";
import { connect, open, sync, WITHOUT_RECRUITING } from "./harness.ts";

type Row = Record<string, unknown>;
type List = (typeof LISTS)[number];
interface Reply {
  status: number;
  body: string | Buffer;
  headers?: Record<string, string>;
}

const LISTS = [
  "users",
  "user_roles",
  "user_job_permissions",
  "future_job_permissions",
  "user_emails",
  "departments",
  "offices",
  "jobs",
] as const;
const WHEN = "2024-03-04T10:11:12.345Z";
const DATES = { created_at: WHEN, updated_at: WHEN };
const EVIL = '=HYPERLINK("https://example.org")\u001b[2J\u202e';

/** A small account as Greenhouse lists it (api.md §6.2, §6.3); `change` may spoil rows or whole answers. */
class Account {
  readonly rows: Record<List, Row[]> = {
    users: [5, 4, 3, 2, 1].map((n) => ({
      id: n,
      first_name: "Person",
      last_name: `${n}`,
      name: `Person ${n}`,
      primary_email: `p${n}@example.org`,
      emails: [`p${n}@example.org`],
      job_title: null,
      employee_id: null,
      deactivated: n === 4,
      site_admin: n === 1,
      agency_id: null,
      office_ids: [],
      department_ids: [],
      ...DATES,
    })),
    user_roles: [{ id: 21, name: "Standard", role_type: "job_admin", ...DATES }],
    user_job_permissions: [
      { id: 32, user_id: 3, job_id: 41, role_id: 21, automated: null, ...DATES },
      { id: 31, user_id: 2, job_id: 41, role_id: 21, automated: null, ...DATES },
    ],
    future_job_permissions: [],
    user_emails: [],
    departments: [],
    offices: [],
    jobs: [
      {
        id: 41,
        name: "Cook",
        status: "open",
        confidential: false,
        department_id: null,
        office_ids: [],
        ...DATES,
      },
    ],
  };
  readonly asked: URL[] = [];
  /** Of these a page holds so many. */
  perPage = 500;
  reply: ((list: List, page: string) => Reply | null) | null = null;

  user(id: number): Row {
    return this.rows.users.find((row) => row.id === id)!;
  }

  answer(request: IncomingMessage): Reply {
    const url = new URL(request.url!, `http://${request.headers.host}`);
    if (url.pathname === "/token")
      return { status: 200, body: '{"token_type":"Bearer","access_token":"a.b.c","expires_in":3600}' };
    const list = LISTS.find((name) => url.pathname === `/v3/${name}`);
    if (!list) return { status: 404, body: '{"message":"Resource not found"}' };
    this.asked.push(url);
    const cursor = url.searchParams.get("cursor");
    if (cursor !== null && url.searchParams.size > 1) {
      const errors = ["When passing a cursor, do not include other query params."];
      return { status: 422, body: JSON.stringify({ message: "Unprocessable Content", errors }) };
    }
    const from = Number(cursor ?? 0);
    const to = from + this.perPage;
    const rows = this.rows[list];
    const body = JSON.stringify(rows.slice(from, to)).replaceAll(/"#(\d+)"/g, "$1");
    const next: Record<string, string> =
      to < rows.length ? { link: `<${url.origin}${url.pathname}?cursor=${to}>; rel="next"` } : {};
    return this.reply?.(list, body) ?? { status: 200, body, headers: next };
  }
}

async function play(t: TestContext) {
  const account = new Account();
  const server = createServer((request, response) => {
    const { status, body, headers } = account.answer(request);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const house = await open(t);
  const { connection } = await connect(house, {
    name: "Aldermoor",
    credential: { kind: "harvest_v3", clientId: "abc-1", secret: "s" },
    permissionType: "read",
    adminUserId: null,
    origins: { harvest: origin, auth: origin, audit: origin },
    settings: { ...WITHOUT_RECRUITING, off: [...WITHOUT_RECRUITING.off, "audit_log"] },
  });
  const read = (query: string): Row[] => {
    const db = new Database(join(house.dataDir, "glasshouse.sqlite"), { readonly: true });
    db.defaultSafeIntegers(true);
    try {
      return db.prepare(query).all() as Row[];
    } finally {
      db.close();
    }
  };
  return {
    account,
    sync: () => sync(house, connection, { lanes: ["directory", "grants"] }),
    verdict: async (stream: Stream) =>
      (await listVerdicts(house.store.read, connection.id)).find(({ verdict }) => verdict.stream === stream)!
        .verdict,
    /** id → name, e-mail, deactivated, status */
    users: () =>
      Object.fromEntries(
        read(`select user_id, name, email, deactivated, status from "user" order by user_id`).map((row) => [
          String(row.user_id),
          [row.name, row.email, row.deactivated === 1n, row.status],
        ]),
      ),
    grants: () => read("select grant_id, user_id, role_id, state from job_grant order by grant_id"),
    changes: () => read("select kind, row_id from change where kind <> 'baseline' and kind <> 'level'"),
  };
}

type Told = [name: unknown, email: unknown, deactivated: boolean, status: string];
const GOOD: Record<string, Told> = Object.fromEntries(
  [1, 2, 3, 4, 5].map((n) => [
    String(n),
    [`Person ${n}`, `p${n}@example.org`, n === 4, n === 4 ? "deactivated" : "active"],
  ]),
);

const cases: {
  name: string;
  spoil: (account: Account) => void;
  /** The users' verdict; null: well. */
  cause: CauseCode | null;
  says?: RegExp;
  /** What differs from before. */
  users?: Record<string, Told>;
}[] = [
  {
    name: "a user without e-mail or name is a user",
    spoil: (a) =>
      Object.assign(a.user(3), {
        first_name: null,
        last_name: null,
        name: null,
        primary_email: "",
        emails: [],
      }),
    cause: null,
    users: { 3: [null, null, false, "active"] },
  },
  {
    name: "two users with one e-mail stay two",
    spoil: (a) => Object.assign(a.user(3), { primary_email: "p2@example.org", emails: ["P2@example.org"] }),
    cause: null,
    users: { 3: ["Person 3", "p2@example.org", false, "active"] },
  },
  {
    name: "a name of control characters and formulas is kept as it is",
    spoil: (a) => Object.assign(a.user(3), { name: EVIL }),
    cause: null,
    users: { 3: [EVIL, "p3@example.org", false, "active"] },
  },
  {
    name: "duplicate rows are one",
    spoil: (a) => a.rows.users.splice(0, 5, ...a.rows.users.flatMap((row) => [row, row])),
    cause: null,
  },
  {
    name: "an id past 2^53 is exact",
    spoil: (a) => a.rows.users.unshift({ ...a.user(5), id: "#9007199254740993", name: "Far" }),
    cause: null,
    users: { "9007199254740993": ["Far", "p5@example.org", false, "active"] },
  },
  {
    name: "an id past 2^63 is told, and nobody else is lost",
    spoil: (a) => a.rows.users.unshift({ ...a.user(5), id: "#99999999999999999999" }),
    cause: "records_unreadable",
    says: /1 of 6 users .*field id \(not an ID\)/,
  },
  {
    name: "a date that isn't: the user keeps the last good values",
    spoil: (a) => Object.assign(a.user(3), { name: "Wrong", created_at: "2026-02-30T00:00:00Z" }),
    cause: "records_unreadable",
    says: /1 of 5 users .*IDs 3, field created_at/,
  },
  {
    name: "bytes that are no UTF-8: the user keeps the last good values",
    spoil: (a) => {
      a.reply = (list, page) =>
        list === "users"
          ? { status: 200, body: Buffer.from(page.replaceAll("Person 3", "Person \xff"), "latin1") }
          : null;
    },
    cause: "records_unreadable",
    says: /IDs 3, field .*not UTF-8/,
  },
  {
    name: "a binary answer changes nothing",
    spoil: (a) => {
      a.reply = (list) => (list === "users" ? { status: 200, body: Buffer.from([0, 255, 254, 1]) } : null);
    },
    cause: "answer_unreadable",
    says: /not JSON/,
  },
  {
    name: "a huge answer changes nothing",
    spoil: (a) => {
      const body = Buffer.alloc(17 * 1024 * 1024, " ");
      a.reply = (list) => (list === "users" ? { status: 200, body } : null);
    },
    cause: "answer_unreadable",
    says: /more than 16,777,216 bytes/,
  },
  {
    name: "a missing row is missing, not deactivated",
    spoil: (a) => a.rows.users.splice(2, 1),
    cause: null,
    users: { 3: ["Person 3", "p3@example.org", false, "missing"] },
  },
];

for (const { name, spoil, cause, says, users = {} } of cases) {
  test(name, async (t) => {
    const { account, ...at } = await play(t);
    await at.sync();
    assert.deepEqual(at.users(), GOOD);
    spoil(account);
    await at.sync();
    const verdict = await at.verdict("users");
    assert.equal(verdict.cause, cause, verdict.text ?? "");
    if (says) assert.match(verdict.text!, says);
    assert.deepEqual(at.users(), { ...GOOD, ...users });
    // Whom nothing happened to, the ledger doesn't mention either.
    assert.deepEqual(
      [...new Set(at.changes().map((change) => String(change.row_id)))].sort(),
      Object.keys(users).sort(),
    );
  });
}

test("e-mails of a renamed field are not lost: nothing changes, and it is told", async (t) => {
  const { account, ...at } = await play(t);
  await at.sync();
  for (const row of account.rows.users) {
    row.primary_email_address = row.primary_email;
    delete row.primary_email;
  }
  await at.sync();
  const { state, cause } = await at.verdict("users");
  assert.deepEqual({ state, cause }, { state: "stopped", cause: "records_unreadable" });
  assert.deepEqual(at.users(), GOOD);
  assert.deepEqual(at.changes(), []);
});

test("a role id that no role has: the grant is kept, with that id", async (t) => {
  const { account, ...at } = await play(t);
  account.rows.user_job_permissions[0]!.role_id = 99;
  await at.sync();
  assert.deepEqual(
    at.grants().map((grant) => [grant.grant_id, grant.role_id]),
    [
      [31n, 21n],
      [32n, 99n],
    ],
  );
  assert.equal((await at.verdict("job_grants")).cause, null);
});

test("a cursor travels without company, and 'updated since' is never asked as 'created since'", async (t) => {
  const { account, ...at } = await play(t);
  account.perPage = 2;
  await at.sync();
  await at.sync();
  assert.deepEqual(at.users(), GOOD);
  assert.ok(account.asked.some((url) => url.searchParams.has("cursor")));
  for (const { searchParams } of account.asked) {
    assert.ok(![...searchParams.keys()].some((key) => key.startsWith("created_")));
    if (searchParams.has("cursor")) assert.equal(searchParams.size, 1);
  }
});

test("429 for an hour: the sync ends, says until when, and the next one doesn't hang either", async (t) => {
  const { account, ...at } = await play(t);
  await at.sync();
  account.reply = () => ({ status: 429, body: "{}", headers: { "retry-after": "3600" } });
  const before = account.asked.length;
  await at.sync();
  assert.equal((await at.verdict("users")).cause, "rate_limited");
  const told = account.asked.length;
  assert.ok(told - before <= 2, `${told - before} requests after the first 429`);
  await at.sync();
  const verdict = await at.verdict("users");
  assert.equal(verdict.cause, "rate_limited");
  assert.match(verdict.text!, /asked us to wait until .* not asked/);
  assert.equal(account.asked.length, told);
  assert.deepEqual(at.users(), GOOD);
});
