/** The tables as Kysely sees them: the files of migrations/ explain each. */
import type { Generated } from "kysely";
import type { RunTrigger } from "../model/asked.ts";
import type { DeedSource } from "../model/recruiting.ts";

type Id = string; // Greenhouse's 64-bit integers, exact
type Flag = number; // 0 or 1
type Json = string;
type At = number; // ms since the epoch

interface Listed {
  state: "present" | "removed" | "not_visible";
  first_seen_at: At;
  gone_at: At | null;
}

export interface Schema {
  connection: {
    connection: Generated<number>;
    name: string;
    name_key: string;
    vendor: string;
    credential_kind: string;
    fingerprint: string;
    permission_type: string;
    admin_user: string | null;
    origins_json: Json;
    settings_json: Json;
    paused: Flag;
    frozen_at: At | null;
    viewer_version: number;
    organization: string | null;
    deleting: Flag;
    clock_skew_ms: Generated<number>;
    credential_at: Generated<At | null>;
    created_at: At;
  };
  secret: { connection: number; field: string; key_version: number; value: Uint8Array };
  token: { fingerprint: string; key_version: number; value: Uint8Array; expires_at: At; minted_at: At };
  traffic: { fingerprint: string; version: number; traffic_json: Json };
  lease: { name: string; holder: string; until_at: At };
  worker: {
    worker: string;
    host: string;
    pid: number;
    started_at: At;
    seen_at: At;
    ended_at: At | null;
    running: number;
  };
  user: Listed & {
    connection: number;
    user_id: Id;
    name: string | null;
    email: string | null;
    emails_json: Json;
    employee: string | null;
    job_title: string | null;
    deactivated: Flag;
    site_admin: Flag;
    service_account: Flag;
    marked_service_account: Generated<Flag>;
    agency_id: Id | null;
    department_ids_json: Json;
    office_ids_json: Json;
    created_at: At | null;
    updated_at: At | null;
    status: "active" | "deactivated" | "missing";
    status_since_at: At | null;
    level: "site_admin" | "job_admin" | "basic" | "unknown";
    job_grants: Generated<number>;
    future_job_grants: Generated<number>;
    grants_read_at: At | null;
    sort_name: string;
    search: string;
  };
  user_email: Listed & { connection: number; email_id: Id; user_id: Id; email: string; verified: Flag };
  role: Listed & { connection: number; role_id: Id; name: string | null; type: string | null };
  department: Listed & {
    connection: number;
    department_id: Id;
    name: string | null;
    parent_id: Id | null;
    external: string | null;
  };
  office: Listed & {
    connection: number;
    office_id: Id;
    name: string | null;
    parent_id: Id | null;
    external: string | null;
    location: string | null;
  };
  job: Listed & {
    connection: number;
    job_id: Id;
    name: string | null;
    status: string | null;
    confidential: Flag | null;
    department_id: Id | null;
    office_ids_json: Json;
    sort_name: Generated<string>;
    search: Generated<string>;
  };
  job_grant: Listed & {
    connection: number;
    grant_id: Id;
    user_id: Id;
    role_id: Id | null;
    job_id: Id;
    automated: Flag | null;
    created_at: At | null;
  };
  future_job_grant: Listed & {
    connection: number;
    grant_id: Id;
    user_id: Id;
    role_id: Id | null;
    department_id: Id | null;
    office_id: Id | null;
    created_at: At | null;
  };
  user_role: { connection: number; user_id: Id; role_id: Id; n: number };
  listing: {
    connection: number;
    stream: string;
    seq: number;
    run: number;
    started_at: At;
    ended_at: At;
    rows: number;
    viewer_version: number;
  };
  absent: { connection: number; stream: string; row_id: Id };
  held: {
    connection: number;
    stream: string;
    run: number;
    since_at: At;
    rows_before: number;
    rows_absent: number;
    listed: number;
    last_seen_at: At;
    needs_person: Flag;
    viewer_version: number;
  };
  held_row: { connection: number; stream: string; row_id: Id };
  change: {
    connection: number;
    seq: number;
    stream: string;
    kind: string;
    row_id: Id | null;
    user_id: Id | null;
    before_json: Json | null;
    after_json: Json | null;
    run: number;
    after_at: At | null;
    seen_at: At;
    event_at: At | null;
    event_hash: Uint8Array | null;
    event_n: number | null;
    by_name: string | null;
  };
  word: { word: Generated<number>; text: string };
  event: {
    connection: number;
    at: At;
    hash: Uint8Array;
    n: number;
    performer_type: number | null;
    user_id: Id | null;
    performer: string | null;
    type: number | null;
    request_type: number | null;
    request: string | null;
    target_type: number | null;
    target: string | null;
    ip: string | null;
    meta_json: Json | null;
    counts: Flag;
  };
  usage_day: {
    connection: number;
    day: number;
    user_id: Id;
    viewed: number;
    changed: number;
    acted: number;
    other: number;
  };
  usage_user: {
    connection: number;
    user_id: Id;
    at: At;
    hash: Uint8Array;
    n: number;
    source: string;
    type: string | null;
    request_type: string | null;
    target_type: string | null;
  };
  org_day: {
    connection: number;
    day: number;
    dimension: string;
    value: string;
    people: number;
    deeds: number;
  };
  dirty_day: { connection: number; day: number; recount: Generated<Flag> };
  event_hour: { connection: number; hour: number; n: number; people: number };
  request_day: { connection: number; day: number; performer_type: number; request_type: number; n: number };
  request_rule: { connection: number; request_type: number; counts: Flag };
  older_day: {
    connection: number;
    before_day: number;
    cause: "time_zone" | "request_types";
    time_zone: string;
  };
  recruiting_deed: { connection: number; source: string; row_id: Id; user_id: Id; at: At };
  recruiting_day: { connection: number; day: number; user_id: Id } & Record<DeedSource, number>;
  recruiting_user: { connection: number; user_id: Id; at: At; source: string } & Record<
    `${DeedSource}_at`,
    At | null
  >;
  coverage: { connection: number; source: string; from_at: At; to_at: At };
  hole: { connection: number; source: string; from_at: At; to_at: At; cause: string };
  license_rule: {
    connection: number;
    position: number;
    level: string;
    status: string;
    type: string | null;
    purchased: number | null;
    price_cents: number | null;
    currency: string | null;
  };
  lane: {
    connection: number;
    lane: string;
    fence: number;
    owner: string | null;
    lease_until_at: At | null;
    due_at: At;
    requested_at: At | null;
    requested_full: Generated<Flag>;
    failures: number;
    run: number | null;
    checkpoint_json: Json | null;
    requested_only_json: Json | null;
    claimed_at: At | null;
    stop: "put_off" | "give_way" | null;
    progress_json: Json | null;
    asked_json: Json | null;
  };
  run: {
    run: Generated<number>;
    connection: number;
    lane: string;
    trigger_: RunTrigger;
    asker_json: Json | null;
    started_at: At;
    ended_at: At | null;
    outcome: string | null;
    requests: number;
    waited_ms: number;
    throttled: number;
    error_json: Json | null;
  };
  step: {
    run: number;
    stream: string;
    outcome: string | null;
    started_at: At;
    ended_at: At | null;
    rows: number;
    added: number;
    changed: number;
    removed: number;
    unreadable_json: Json;
    requests: number;
    waited_ms: number;
    error_json: Json | null;
  };
  verdict: {
    connection: number;
    stream: string;
    verdict_json: Json;
    since_at: At;
    last_success_at: At | null;
    rows: number | null;
  };
  setting: { name: string; value_json: Json };
  member: {
    member: Generated<number>;
    email: string;
    email_key: string;
    name: string;
    role: "viewer" | "operator" | "admin" | null;
    password: string | null;
    totp_key_version: number | null;
    totp_value: Uint8Array | null;
    totp_on: Generated<Flag>;
    totp_step: Generated<number>;
    limited: Generated<Flag>;
    created_at: At;
    last_seen_at: At | null;
  };
  member_connection: { member: number; connection: number };
  session: {
    session: Generated<number>;
    member: number;
    hash: Uint8Array;
    created_at: At;
    last_seen_at: At;
    ends_at: At;
    ip: string | null;
    agent: string | null;
  };
  recovery_code: { member: number; hash: Uint8Array };
  invitation: {
    invitation: Generated<number>;
    member: number;
    kind: "join" | "reset";
    hash: Uint8Array;
    created_at: At;
    ends_at: At;
  };
  api_token: {
    api_token: Generated<number>;
    member: number;
    name: string;
    role: "viewer" | "operator" | "admin";
    hash: Uint8Array;
    created_at: At;
    ends_at: At | null;
    last_used_at: At | null;
  };
  attempt: { attempt: Generated<number>; what: string; at: At };
  trail: {
    trail: Generated<number>;
    at: At;
    by_: "member" | "token" | "machine" | "nobody";
    member: number | null;
    api_token: number | null;
    name: string;
    ip: string | null;
    action: string;
    target: string | null;
    of_connection: number | null;
    result: string;
    details_json: Json | null;
  };
  saved_view: {
    saved_view: Generated<number>;
    owner: number;
    page: string;
    name: string;
    name_key: string;
    query: string;
    shared: Flag;
    created_at: At;
  };
  credential_link: {
    credential_link: Generated<number>;
    hash: Uint8Array;
    connection: number | null;
    draft_json: Json;
    made_by: string;
    created_at: At;
    ends_at: At;
    taken: Generated<Flag>;
  };
  identity: { issuer: string; subject: string; member: number; created_at: At };
  passkey: {
    passkey: Generated<number>;
    member: number;
    credential: Uint8Array;
    public_key: Uint8Array;
    user_handle: Uint8Array;
    counter: number;
    transports_json: Json;
    synced: Flag;
    name: string;
    created_at: At;
    last_used_at: At | null;
  };
  begun: {
    hash: Uint8Array;
    kind: "sso" | "passkey_sign_in" | "passkey_new";
    member: number | null;
    back: string | null;
    ends_at: At;
  };
  employee: {
    employee: number;
    number: string | null;
    number_key: string | null;
    name: string | null;
    department: string | null;
    manager: string | null;
    started_day: number | null;
    left_day: number | null;
    left_at: At | null;
    told: "employed" | "on_leave" | "not_started" | "left" | null;
    told_at: At;
    source: "paste" | "csv" | "scim";
    back_at: At | null;
    was_left_day: number | null;
    scim_json: Json | null;
    scim_user_key: string | null;
    scim_external: string | null;
    scim_gone: Generated<Flag>;
    version: number;
    created_at: At;
    updated_at: At;
    sort_name: string;
    search: string;
  };
  employee_email: { employee: number; email_key: string; email: string; position: number };
  employee_link: {
    connection: number;
    user_id: Id;
    employee: number | null;
    by_name: string;
    at: At;
  };
  employee_match: {
    connection: number;
    user_id: Id;
    employee: number;
    rung: number;
    match_key: string;
    employees: number;
    best_of_employee: number;
    users: number;
    settled: Flag;
  };
  employee_match_state: { connection: number; stale: Flag; generation: number };
  employee_import: {
    employee_import: Generated<number>;
    at: At;
    kind: "paste" | "csv";
    by_name: string;
    whole: Flag;
    rows: number;
    added: number;
    changed: number;
    gone: number;
  };
  own_domain: { domain: string };
  scim_token: {
    scim_token: Generated<number>;
    name: string;
    hash: Uint8Array;
    made_by: string;
    created_at: At;
    last_used_at: At | null;
  };
  finding: {
    connection: number;
    rule: string;
    subject: string;
    user_id: Id | null;
    severity: string;
    told: string;
    rows: number;
    evidence_json: Json;
    rows_at_json: Json | null;
    coverage: string;
    state: string;
    state_at: At;
    first_seen_at: At;
    last_seen_at: At;
    returned: number;
    accepted_until_at: At | null;
    accepted_reason: string | null;
    owner_member: number | null;
    by_name: string | null;
    fixed_run: number | null;
  };
  finding_check: { connection: number; rule: string; at: At; reason: string | null };
  watched_event: {
    connection: number;
    at: At;
    hash: Uint8Array;
    n: number;
    thing: string;
    target: string;
    label: string;
    user_id: Id | null;
    performer: string | null;
  };
}
