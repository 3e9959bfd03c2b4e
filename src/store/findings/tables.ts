/** What somebody should look at. The files of migrations/ explain each table. */
import type { At, Id, Json } from "../columns.ts";

export interface FindingTables {
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
  unjudged: { connection: number; lane: string };
  finding_check: { connection: number; rule: string; at: At; reason: string | null; basis: string | null };
}
