/** Who has access, and to what. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { At, Flag, Id, Json, Listed } from "../columns.ts";

export interface UserTables {
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
  user_email: Listed & {
    connection: number;
    email_id: Id;
    user_id: Id;
    email: string;
    email_key: string;
    verified: Flag;
  };
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
  unread_grant: { connection: number; stream: string; grant_id: Id; user_id: Id; seen_at: At };
  user_role: { connection: number; user_id: Id; role_id: Id; n: number };
  user_department: { connection: number; department_id: Id; user_id: Id };
  user_office: { connection: number; office_id: Id; user_id: Id };
  user_address: { connection: number; address: string; user_id: Id };
}
