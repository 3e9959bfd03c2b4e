/** Who syncs what, and how it went. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { RunTrigger } from "../../model/asked.ts";
import type { At, Flag, Json } from "../columns.ts";

export interface LaneTables {
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
}
