/** What Members shows of whom: order, search and filter. The list comes whole. */
import type { Answer } from "../api/client.ts";
import type { Filter } from "../components/table-view.ts";
import { memberWords as words } from "../text/members.ts";
import { WORD } from "../text/words.ts";

export type Member = Answer<"listMembers">["items"][number];
const NO_ROLE = "none";

export const MEMBER_FILTERS: readonly Filter[] = [
  {
    key: "role",
    label: words.filterRole,
    options: [...Object.entries(WORD.role), [NO_ROLE, words.noRole]],
  },
];

/** Who waits for a role stands first; else as listed, by name. */
export function shownMembers(
  members: readonly Member[],
  { search = "", role }: { search?: string | undefined; role?: string | undefined },
): Member[] {
  const text = search.trim().toLowerCase();
  const roles = role?.split(",");
  return members
    .filter(
      (member) =>
        `${member.name} ${member.email}`.toLowerCase().includes(text) &&
        (!roles || roles.includes(member.role ?? NO_ROLE)),
    )
    .sort((a, b) => Number(a.role !== null) - Number(b.role !== null));
}

/** `/invitation#…`: what follows the `#` stays in the browser that opens it. */
export function invitationAddress(code: string, origin: string): string {
  return `${origin}/invitation#${code}`;
}
