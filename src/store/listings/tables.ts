/** What was listed, and what a listing lacked. The files of migrations/ explain each table. */
import type { At, Flag, Id } from "../columns.ts";

export interface ListingTables {
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
}
