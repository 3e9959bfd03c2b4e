/** What is said, to whom, and how that went. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { Channel, DeliveryKind, DeliveryState, ToldTopic } from "../../model/alerts/alert.ts";
import type { ConnectionState } from "../../model/connection.ts";
import type { FindingRule } from "../../model/finding.ts";
import type { At, Flag, Id, Json } from "../columns.ts";

export interface AlertTables {
  alert: {
    alert: number;
    connection: number;
    topic: ToldTopic;
    at: At;
    told: string;
    rule: FindingRule | null;
    user_id: Id | null;
    path: string;
  };
  alert_state: { connection: number; state: ConnectionState; causes_json: Json; since_at: At | null };
  destination: {
    destination: Generated<number>;
    channel: Channel;
    name: string;
    owner_member: number | null;
    address: string | null;
    told: string;
    topics_json: Json;
    limited: Flag;
    zone: string;
    hour: number;
    quiet_from: string | null;
    quiet_to: string | null;
    is_on: Flag;
    off_reason: string | null;
    heard_json: Json;
    old_secret_ends_at: At | null;
    made_at: At;
  };
  destination_connection: { destination: number; connection: number };
  destination_secret: {
    destination: number;
    field: "url" | "secret" | "old_secret";
    key_version: number;
    value: Uint8Array;
  };
  delivery: {
    delivery: Generated<number>;
    destination: number;
    kind: DeliveryKind;
    message: string;
    subject: string;
    lines_json: Json;
    more: number;
    body_json: Json | null;
    state: DeliveryState;
    attempts_json: Json;
    failures: number;
    due_at: At;
    fence: number;
    owner: string | null;
    lease_until_at: At | null;
    said_at: At;
    made_at: At;
    ended_at: At | null;
    replay_of: number | null;
    report_connection: number | null;
    report_day: number | null;
  };
  delivery_connection: { delivery: number; connection: number; told_json: Json };
}
