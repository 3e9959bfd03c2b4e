/** API tokens: made and revoked by people, never by a token. */
import { lowerRole, type Member, type MemberRole } from "../model/member.ts";
import { createApiToken, hasApiToken } from "../store/members/api-tokens.ts";
import { getMember } from "../store/members/members.ts";
import type { Store } from "../store/store.ts";
import { AccessRefused } from "./refused.ts";
import { hashOf, newApiToken } from "./secrets.ts";

const DAY_MS = 86_400_000;

/** @returns what opens it, told this once. @throws AccessRefused `not_allowed`, `name_taken`, `member_not_found` */
export async function mintToken(
  store: Store,
  owner: Pick<Member, "id">,
  given: { name: string; role: MemberRole; days: number | null },
  now: number,
): Promise<{ token: number; secret: string }> {
  const { name, role, days } = given;
  const secret = newApiToken();
  const token = await store.write(async (tx) => {
    const member = await getMember(tx, owner.id);
    if (!member) throw new AccessRefused("member_not_found", "This member was removed meanwhile.");
    if (member.role === null || lowerRole(role, member.role) !== role) {
      throw new AccessRefused(
        "not_allowed",
        `A token is never above its member's role, which is ${member.role ?? "none"}.`,
        "Choose a lower role for it.",
      );
    }
    if (await hasApiToken(tx, member.id, name, now)) {
      const cure = "Choose another name, or revoke that one first.";
      throw new AccessRefused("name_taken", `There is an API token named ${name} already.`, cure);
    }
    const endsAt = days === null ? null : now + days * DAY_MS;
    return createApiToken(tx, { member: member.id, name, role, hash: hashOf(secret), now, endsAt });
  });
  return { token, secret };
}
