/** For tests: events stored by hand, and everything that was counted from them. */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { ActivityPage, Stored } from "../../connectors/connector.ts";
import { DEFAULT_SETTINGS } from "../../model/connection.ts";
import { type DayZone, dayZone } from "../../model/day.ts";
import type { EventRecord } from "../../model/records.ts";
import type { Span } from "../../model/span.ts";
import type { Account } from "../listings/listing-testing.ts";
import { storeEvents } from "./events.ts";
import { rebuildOrgDays } from "./usage.ts";

/** A person opens a page. Equal facts make equal events. */
export function event(at: number | string, facts: Partial<EventRecord> = {}): EventRecord {
  const record: Omit<EventRecord, "hash"> = {
    organizationId: "400",
    at: typeof at === "string" ? Date.parse(at) : at,
    n: 0,
    requestId: "r1",
    requestType: "dashboard#index",
    performerType: "user",
    performerId: "1",
    performerEmail: null,
    ip: "203.0.113.7",
    type: "action",
    targetType: "PII Page Accessed",
    targetId: null,
    meta: { path: "/dashboard" },
    ...facts,
  };
  return { ...record, hash: createHash("md5").update(JSON.stringify(record)).digest("hex"), ...facts };
}

type Claims = Partial<Pick<ActivityPage, "claim" | "unclaim" | "hole">>;

export function page(events: EventRecord[], claims: Claims = {}): ActivityPage {
  return {
    events,
    unreadable: [],
    claim: null,
    unclaim: null,
    hole: null,
    checkpoint: null,
    progress: { working: { from: 0, to: 0 }, remainingMs: 0, phase: "tail" },
    ask: { method: "GET", path: "/events", host: "audit", status: 200, at: 0, requestId: null },
    ...claims,
  };
}

export function span(from: number | string, to: number | string): Span {
  const at = (time: number | string) => (typeof time === "string" ? Date.parse(time) : time);
  return { from: at(from), to: at(to) };
}

/** Stores the events as one answer of the log. */
export function keep(
  account: Account,
  events: EventRecord[],
  options: Claims & { zone?: DayZone; now?: number } = {},
): Promise<Stored> {
  const { zone = dayZone("UTC"), now = 0, ...claims } = options;
  return account.store.write((tx) =>
    storeEvents(tx, account.connection, "audit_log", page(events, claims), { zone, now }),
  );
}

export async function rebuild(account: Account): Promise<void> {
  while ((await account.store.write((tx) => rebuildOrgDays(tx, account.connection, 5))) > 0);
}

/** The connection's own row, for what reads its settings. */
export async function connect(account: Account, timeZone = "UTC"): Promise<void> {
  await account.store.write((tx) =>
    tx
      .insertInto("connection")
      .values({
        connection: account.connection,
        name: `account ${account.connection}`,
        name_key: `account ${account.connection}`,
        vendor: "greenhouse",
        credential_kind: "harvest_v3",
        fingerprint: `fingerprint ${account.connection}`,
        permission_type: "read",
        admin_user: null,
        origins_json: "{}",
        settings_json: JSON.stringify({ ...DEFAULT_SETTINGS, timeZone }),
        paused: 0,
        frozen_at: null,
        viewer_version: 1,
        organization: null,
        deleting: 0,
        created_at: 0,
      })
      .execute(),
  );
}

/** Every roll-up, with words written out; `events` too, with whether each counts. */
export async function useOfAccount({ store, connection }: Account): Promise<Record<string, unknown[]>> {
  const all = async (query: string) => {
    const asked = sql.raw<Record<string, unknown>>(query.replaceAll("$c", String(connection)));
    const { rows } = await asked.execute(store.read);
    for (const row of rows)
      if (row.hash instanceof Uint8Array) row.hash = Buffer.from(row.hash).toString("hex");
    return rows;
  };
  return {
    days: await all(
      "select day, user_id, viewed, changed, acted, other from usage_day where connection = $c order by 1, 2",
    ),
    newest: await all(
      "select user_id, at, hash, n, type, request_type, target_type from usage_user where connection = $c order by 1",
    ),
    hours: await all("select hour, n, people from event_hour where connection = $c order by 1"),
    requests: await all(
      `select q.day, p.text as performer, r.text as request, q.n from request_day q
       left join word p on p.word = q.performer_type left join word r on r.word = q.request_type
       where q.connection = $c order by 1, 2, 3`,
    ),
    organization: await all(
      "select day, dimension, value, people, deeds from org_day where connection = $c order by 1, 2, 3",
    ),
    events: await all(
      `select at, hash, n, user_id, performer, counts from event where connection = $c
       order by at, hash, n`,
    ),
  };
}
