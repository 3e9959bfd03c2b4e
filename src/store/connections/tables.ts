/** A connection, its credential, and what is known of how it stands. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { At, Flag, Json } from "../columns.ts";

export interface ConnectionTables {
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
  verdict: {
    connection: number;
    stream: string;
    verdict_json: Json;
    since_at: At;
    last_success_at: At | null;
    rows: number | null;
  };
  credential_link: {
    credential_link: Generated<number>;
    hash: Uint8Array;
    connection: number | null;
    draft_json: Json;
    made_by: string;
    member: number | null;
    created_at: At;
    ends_at: At;
    taken_until: Generated<At>;
  };
  data_version: { connection: number; part: string; n: number };
}
