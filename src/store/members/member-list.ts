/** Members as an admin sees them: with what of theirs still lives. */
import { sql } from "kysely";
import type { Member } from "../../model/member.ts";
import type { Db } from "../store.ts";
import { getMember } from "./members.ts";
import type { Living } from "./sessions.ts";

export interface MemberRow extends Member {
  sessions: number;
  tokens: number;
  passkeys: number;
  /** Has come by single sign-on. */
  sso: boolean;
  invitation: { kind: "join" | "reset"; endsAt: number } | null;
}

/** By name. @param only this one */
export async function listMembers(
  db: Db,
  { now, idleMs }: Living,
  only: number | null = null,
): Promise<MemberRow[]> {
  let query = db
    .selectFrom("member as m")
    .leftJoin("invitation as i", (join) => join.onRef("i.member", "=", "m.member").on("i.ends_at", ">", now))
    .select(["m.member", "i.kind", "i.ends_at"])
    .select((eb) => [
      eb
        .selectFrom("session")
        .whereRef("session.member", "=", "m.member")
        .where("ends_at", ">", now)
        .where("last_seen_at", ">", now - idleMs)
        .select(eb.fn.countAll<number>().as("n"))
        .as("sessions"),
      eb
        .selectFrom("api_token")
        .whereRef("api_token.member", "=", "m.member")
        .where((where) => where.or([where("ends_at", "is", null), where("ends_at", ">", now)]))
        .select(eb.fn.countAll<number>().as("n"))
        .as("tokens"),
      eb
        .selectFrom("passkey")
        .whereRef("passkey.member", "=", "m.member")
        .select(eb.fn.countAll<number>().as("n"))
        .as("passkeys"),
      eb
        .selectFrom("identity")
        .whereRef("identity.member", "=", "m.member")
        .select(eb.fn.countAll<number>().as("n"))
        .as("identities"),
    ])
    .orderBy(sql`lower(m.name)`)
    .orderBy("m.member");
  if (only !== null) query = query.where("m.member", "=", only);
  const rows = await query.execute();
  const members = await Promise.all(rows.map(({ member }) => getMember(db, member)));
  return rows.flatMap(({ kind, ends_at, sessions, tokens, passkeys, identities }, i) => {
    const member = members[i];
    if (!member) return [];
    const invitation = kind === null || ends_at === null ? null : { kind, endsAt: ends_at };
    const counts = { sessions: sessions ?? 0, tokens: tokens ?? 0, passkeys: passkeys ?? 0 };
    return [{ ...member, ...counts, sso: (identities ?? 0) > 0, invitation }];
  });
}
