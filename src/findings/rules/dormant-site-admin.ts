import type { Candidate } from "../../model/finding.ts";
import type { UserFilter } from "../../model/query.ts";
import type { UseSource } from "../../model/recruiting.ts";
import { SOURCE_LABEL, SOURCE_WORD } from "../../model/words.ts";
import { byUse, dateOf, nameOf, type Rule } from "../kit.ts";
import { among, missingAmong, people } from "../people.ts";

/** Site Admins are few; a company with more dormant ones than this has the first of them looked at first. */
const AT_MOST = 200;

interface Dormant {
  id: string;
  name: string | null;
  lastUsed: { at: number; source: UseSource } | null;
}

/** @param since the start of unbroken coverage: no use is recorded from then on */
export function dormantSiteAdmins(
  dormant: readonly Dormant[],
  since: number,
  date: (at: number) => string,
): Candidate[] {
  return dormant.map((each) => {
    const used = each.lastUsed;
    return {
      subject: each.id,
      userId: each.id,
      severity: "high",
      text: used
        ? `${nameOf(each)} is a Site Admin, last used on ${date(used.at)} (${SOURCE_WORD[used.source]}).`
        : `${nameOf(each)} is a Site Admin, with no recorded use since ${date(since)}.`,
      rows: 1,
      evidence: [
        used
          ? {
              text: `last recorded use: ${SOURCE_LABEL[used.source].toLowerCase()}`,
              userId: each.id,
              at: used.at,
            }
          : { text: "no recorded use since", userId: each.id, at: since },
      ],
      rowsAt: { list: "users", filter: { search: each.id } },
    };
  });
}

const ADMINS = { level: ["site_admin"], status: ["active"], serviceAccounts: "exclude" } satisfies UserFilter;
const DORMANT = ["unused", "never_used"] as const;

export const rule: Rule = {
  code: "dormant_site_admin",
  restsOn: ["listings", "use", "window"],
  reading: byUse,
  async untold(asked, gone) {
    const unknown = await among(asked, gone, { ...ADMINS, use: [...DORMANT, "unknown"] });
    return [...unknown, ...(await missingAmong(asked, gone))];
  },
  async find(asked) {
    const which = { ...ADMINS, use: [...DORMANT] };
    const { first } = await people(asked, which, { sort: "lastUsed", limit: AT_MOST });
    return dormantSiteAdmins(first, asked.judge.known.since!, (at) => dateOf(asked, at));
  },
};
