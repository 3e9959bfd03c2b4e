/** What Glasshouse changes in Greenhouse. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { ActionKind, ActionState, Refusal, TargetState } from "../../model/action.ts";
import type { At, Flag, Id, Json } from "../columns.ts";

export interface ActionTables {
  action: {
    action: Generated<number>;
    connection: number;
    kind: ActionKind;
    state: ActionState;
    acting_user_id: Id | null;
    service_accounts: Flag;
    undoes: number | null;
    needs_approval: Flag;
    targets: number;
    not_told_json: Json;
    made_member: number | null;
    made_by: string;
    made_at: At;
    ends_at: At;
    applied_at: At | null;
    approved_member: number | null;
    approved_by: string | null;
    approved_at: At | null;
    stopped_by: string | null;
    started_at: At | null;
    ended_at: At | null;
    fence: number;
    owner: string | null;
    lease_until_at: At | null;
    due_at: At;
    failures: number;
  };
  action_target: {
    connection: number;
    action: number;
    n: number;
    user_id: Id;
    grant_kind: "job" | "future_job" | null;
    grant_id: Id | null;
    state: TargetState;
    refusal: Refusal | null;
    said: string | null;
    before_json: Json;
    after_json: Json | null;
    duties_json: Json | null;
    ask_json: Json | null;
    follow: string | null;
    sent_at: At | null;
    ended_at: At | null;
  };
}
