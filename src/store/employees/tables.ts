/** The directory of employees, and who of it is which user. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { At, Flag, Id, Json } from "../columns.ts";

export interface EmployeeTables {
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
}
