/**
 * Ids as Greenhouse hands them out: 10 to 15 digits, ending in the silo number (api.md §4 "Silos"),
 * growing with time. Another account means other ids throughout.
 */
export interface Ids {
  readonly organizationId: number;
  user(index: number, count: number): number;
  special(id: number): number;
  of(kind: Kind, index: number): number;
  /** The index an id of that kind was made from; anything for an id of another kind. */
  indexOf(kind: Kind, id: number): number;
  permission(position: number): number;
  permissionPosition(id: number): number;
}
export type Kind = keyof typeof bases;

const bases = {
  role: 4_700_000_000,
  department: 25_900_000_000,
  office: 4_020_460_000_000,
  job: 4_100_001_000_000,
  future: 9_200_000_000_000,
  email: 7_000_000_000,
  tag: 77_000_000,
  agency: 880_012_000,
  candidate: 221_864_000_000,
  kit: 8_400_000_000,
  jobInterview: 8_500_000_000,
  reason: 8_600_000_000,
  field: 8_700_000_000,
  bulk: 8_800_000_000,
  interview: 5_100_000_000_000,
  interviewer: 5_200_000_000_000,
  scorecard: 5_300_000_000_000,
  approvalFlow: 5_400_000_000_000,
  approverGroup: 5_500_000_000_000,
  approver: 5_600_000_000_000,
  offer: 5_700_000_000_000,
  rejection: 5_800_000_000_000,
  owner: 8_100_000_000_000,
  manager: 8_200_000_000_000,
  defaultInterviewer: 8_300_000_000_000,
  // Of applications and candidates that interviews, offers and rejections speak of: easy to find in a text.
  application: 666_000_000_000_000,
  applicant: 777_000_000_000_000,
};
const permissionBase = 9_100_000_000_000;
const addedPermissionBase = 9_150_000_000_000;

/** The id scheme of account number `account` (0 for the first). */
export function makeIds(account: number): Ids {
  const silo = 4 + (account % 990);
  const shift = account * 10_000_000_000_000;
  const id = (base: number, index: number): number => shift + base + index * 1000 + silo;
  return {
    organizationId: 400_123_123 + account * 1_000_003,
    user(index, count) {
      const step = index * 7 + ((index * 2654435761) % 5);
      if (index === count - 1 && count > 5) return shift + 900_719_925_474_000 + silo;
      if (index < count * 0.1) return id(4_200_000_000, step);
      return index < count * 0.3 ? id(221_864_000_000, step) : id(4_110_000_000_000, step);
    },
    special: (known) => shift + Math.floor(known / 1000) * 1000 + silo,
    of: (kind, index) => id(bases[kind], index + 1),
    indexOf: (kind, wanted) => Math.floor((wanted - shift - silo - bases[kind]) / 1000) - 1,
    permission: (position) => id(position < 1e9 ? permissionBase : addedPermissionBase, position % 1e9),
    permissionPosition(wanted) {
      const bare = wanted - shift - silo;
      const added = bare >= addedPermissionBase;
      return Math.floor((bare - (added ? addedPermissionBase : permissionBase)) / 1000) + (added ? 1e9 : 0);
    },
  };
}
