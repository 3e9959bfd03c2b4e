/** Who uses it, and for which time that is known. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { DeedSource } from "../../model/recruiting.ts";
import type { At, Flag, Id, Json } from "../columns.ts";

export interface UsageTables {
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
  stranger: { connection: number; day: number; performer: string; address: string; due: Generated<Flag> };
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
