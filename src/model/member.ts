/** People who sign in to Glasshouse, and what a role lets them do. */

/** From the least to the most. */
export const MEMBER_ROLES = ["viewer", "operator", "admin"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** How somebody who signs in shows who they are. A one-time code sets a password, and signs in with it. */
export type SignInWay = "password" | "passkey" | "sso";

export interface Member {
  id: number;
  email: string;
  name: string;
  /** null: nobody has given one yet. */
  role: MemberRole | null;
  /** Whether a TOTP app or a recovery code is asked for at sign-in. */
  secondFactor: boolean;
  hasPassword: boolean;
  /** null: all. An admin's rights are never limited. */
  connections: number[] | null;
  createdAt: number;
  lastSeenAt: number | null;
}

/** Who asks. `machine`: over the socket of the data directory's owner. */
export type Actor =
  | { kind: "nobody" }
  | { kind: "machine" }
  | {
      kind: "member";
      member: Member;
      /** Of this request: a token's is never above its owner's. */
      role: MemberRole;
      /** `lacksSecondFactor`: a password let them in, which isn't enough here: they may add one, and do nothing else. */
      via: { session: number; lacksSecondFactor?: boolean } | { token: number; name: string };
      connections: number[] | null;
    };

/** What an endpoint asks for. `machine`: only the socket will do. */
export const NEEDS = ["nobody", ...MEMBER_ROLES, "machine"] as const;
export type Needs = (typeof NEEDS)[number];

export function allows(actor: Actor, needs: Needs): boolean {
  const has = actor.kind === "member" ? actor.role : actor.kind;
  return NEEDS.indexOf(has) >= NEEDS.indexOf(needs);
}

export function lowerRole(a: MemberRole, b: MemberRole): MemberRole {
  return MEMBER_ROLES.indexOf(a) < MEMBER_ROLES.indexOf(b) ? a : b;
}

export function seesConnection(actor: Actor, connection: number): boolean {
  return actor.kind !== "member" || isAmong(actor, connection);
}

/** Whether a connection is among those that somebody is limited to; null: to none. */
export function isAmong({ connections }: { connections: number[] | null }, connection: number): boolean {
  return connections === null || connections.includes(connection);
}
