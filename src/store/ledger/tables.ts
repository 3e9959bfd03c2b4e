/** Who had what, when it changed, and what proves it. The files of migrations/ explain each table. */
import type { At, Id, Json } from "../columns.ts";

export interface LedgerTables {
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
    action: number | null;
  };
}
