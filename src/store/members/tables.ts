/** People who sign in, how, and what they did. The files of migrations/ explain each table. */
import type { Generated } from "kysely";
import type { SignInWay } from "../../model/member.ts";
import type { At, Flag, Json } from "../columns.ts";

export interface MemberTables {
  setting: { name: string; value_json: Json };
  member: {
    member: Generated<number>;
    email: string;
    email_key: string;
    name: string;
    role: "viewer" | "operator" | "admin" | null;
    password: string | null;
    totp_key_version: number | null;
    totp_value: Uint8Array | null;
    totp_on: Generated<Flag>;
    totp_step: Generated<number>;
    limited: Generated<Flag>;
    created_at: At;
    last_seen_at: At | null;
  };
  member_connection: { member: number; connection: number };
  session: {
    session: Generated<number>;
    member: number;
    hash: Uint8Array;
    created_at: At;
    last_seen_at: At;
    ends_at: At;
    ip: string | null;
    agent: string | null;
    way: Generated<SignInWay>;
  };
  recovery_code: { member: number; hash: Uint8Array };
  invitation: {
    invitation: Generated<number>;
    member: number;
    kind: "join" | "reset";
    hash: Uint8Array;
    created_at: At;
    ends_at: At;
  };
  api_token: {
    api_token: Generated<number>;
    member: number;
    name: string;
    role: "viewer" | "operator" | "admin";
    hash: Uint8Array;
    created_at: At;
    ends_at: At | null;
    last_used_at: At | null;
  };
  attempt: { attempt: Generated<number>; what: string; at: At };
  trail: {
    trail: Generated<number>;
    at: At;
    by_: "member" | "token" | "machine" | "nobody";
    member: number | null;
    api_token: number | null;
    name: string;
    ip: string | null;
    action: string;
    target: string | null;
    of_connection: number | null;
    result: string;
    details_json: Json | null;
  };
  saved_view: {
    saved_view: Generated<number>;
    owner: number;
    page: string;
    name: string;
    name_key: string;
    query: string;
    shared: Flag;
    created_at: At;
  };
  identity: { issuer: string; subject: string; member: number; created_at: At };
  passkey: {
    passkey: Generated<number>;
    member: number;
    credential: Uint8Array;
    public_key: Uint8Array;
    user_handle: Uint8Array;
    counter: number;
    transports_json: Json;
    synced: Flag;
    name: string;
    created_at: At;
    last_used_at: At | null;
  };
  begun: {
    hash: Uint8Array;
    kind: "sso" | "passkey_sign_in" | "passkey_new";
    member: number | null;
    back: string | null;
    ends_at: At;
  };
}
