import { fraction, gcd, hash, heavyTail, inverse } from "../random.ts";
import type { Ids } from "./ids.ts";
import { missingRoleId } from "./structure.ts";
import type { JobPermission, OrgSizes, User } from "./types.ts";

/** The job permissions: millions of rows derived from the seed, plus a few held ones and what mutations changed. */
export interface Permissions {
  readonly count: number;
  /** Rows with an id below `before`, newest first, that pass; at most `limit`. */
  page(
    before: number,
    limit: number,
    accept: (row: JobPermission) => boolean,
    within?: { users?: ReadonlySet<number>; ids?: ReadonlySet<number> },
  ): JobPermission[];
  /** The rows of one user, oldest first. */
  ofUser(userId: number): JobPermission[];
  add(row: Omit<JobPermission, "id">): JobPermission;
  remove(id: number): boolean;
  get(id: number): JobPermission | undefined;
}

interface Source {
  users: readonly User[];
  jobIds: readonly number[];
  roleIds: readonly number[];
  sizes: OrgSizes;
  ids: Ids;
}

/** How many rows each user has: none for Site Admins and service users (api.md §2.5), a heavy tail for the rest. */
function rowsPerUser(users: readonly User[], total: number, jobs: number, seed: number): Uint32Array {
  const weights = users.map((u, i) =>
    u.siteAdmin || u.service || (u.primaryEmail !== null && fraction(seed, i, 9, 1) < 0.35)
      ? 0
      : heavyTail(fraction(seed, i, 9, 2), fraction(seed, i, 9, 3), 1),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  const counts = Uint32Array.from(weights, (w) =>
    sum === 0 ? 0 : Math.min(jobs, Math.floor((w * total) / sum)),
  );
  let missing = total - counts.reduce((a, b) => a + b, 0);
  for (let progress = true; missing > 0 && progress; ) {
    progress = false;
    for (let i = 0; i < counts.length && missing > 0; i++) {
      if (weights[i] === 0 || (counts[i] as number) >= jobs) continue;
      counts[i] = (counts[i] as number) + 1;
      missing--;
      progress = true;
    }
  }
  return counts;
}

/** Derives every row on demand from (seed, sizes); memory grows with the users, not with the rows. */
export function makePermissions({ users, jobIds, roleIds, sizes, ids }: Source): Permissions {
  const { seed, anchor } = sizes;
  const jobs = jobIds.length;
  const counts = rowsPerUser(users, sizes.jobPermissions, jobs, seed);
  const first = new Uint32Array(users.length + 1);
  counts.forEach((n, i) => {
    first[i + 1] = (first[i] as number) + n;
  });
  const total = first[users.length] as number;
  let spread = Math.max(1, Math.floor(total * 0.61803)) | 1;
  while (total > 1 && gcd(spread, total) !== 1) spread += 2;
  const back = total > 1 ? inverse(spread % total, total) : 0;
  // Each user walks through the jobs in steps that come back only after all of them.
  const steps = Uint32Array.from(users, (_, index) => {
    let step = (hash(seed, index, 10, 1) % jobs) | 1;
    while (gcd(step, jobs) !== 1) step++;
    return step;
  });
  const indexOf = new Map(users.map((u, i) => [u.id, i]));
  const removed = new Set<number>();
  const added: JobPermission[] = [];

  // A row's position (its place in id order) and its rank (users in order) are two numberings of the same rows.
  const positionOf = (rank: number): number => (rank * spread) % total;
  const rankOf = (position: number): number => (position * back) % total;
  const userOfRank = (rank: number): number => {
    let [low, high] = [0, users.length];
    while (low + 1 < high) {
      const mid = (low + high) >>> 1;
      if ((first[mid] as number) <= rank) low = mid;
      else high = mid;
    }
    return low;
  };
  const derive = (position: number, rank: number, index: number): JobPermission => {
    const user = users[index] as User;
    const jobId = jobIds[
      (hash(seed, index, 10, 2) + (rank - (first[index] as number)) * (steps[index] as number)) % jobs
    ] as number;
    const h = hash(seed, position, 11);
    const born = anchor - 6 * 365 * 86_400_000 + Math.floor((position / total) * (6 * 365 - 1) * 86_400_000);
    const createdAt = Math.max(born, Math.min(user.createdAt, anchor));
    return {
      id: ids.permission(position),
      userId: user.id,
      jobId,
      roleId: h % 5003 === 0 ? missingRoleId : (roleIds[h % roleIds.length] as number),
      automated: h % 7 === 0 ? null : h % 3 === 0,
      createdAt,
      updatedAt: createdAt,
    };
  };
  const at = (position: number): JobPermission => {
    const rank = rankOf(position);
    return derive(position, rank, userOfRank(rank));
  };
  const seeded = (userId: number): JobPermission[] => {
    const index = indexOf.get(userId);
    if (index === undefined) return [];
    const rows: JobPermission[] = [];
    for (let rank = first[index] as number; rank < (first[index + 1] as number); rank++) {
      const position = positionOf(rank);
      if (!removed.has(position)) rows.push(derive(position, rank, index));
    }
    return rows;
  };
  const get = (id: number): JobPermission | undefined => {
    const held = added.find((row) => row.id === id);
    if (held) return held;
    const position = ids.permissionPosition(id);
    return position >= 0 && position < total && !removed.has(position) && ids.permission(position) === id
      ? at(position)
      : undefined;
  };
  const ofUser = (userId: number): JobPermission[] =>
    [...seeded(userId), ...added.filter((row) => row.userId === userId)].sort((a, b) => a.id - b.id);
  let nextAdded = 1e9;

  return {
    get count() {
      return total - removed.size + added.length;
    },
    page(before, limit, accept, within) {
      const out: JobPermission[] = [];
      const consider = (row: JobPermission): boolean => {
        if (row.id < before && accept(row)) out.push(row);
        return out.length < limit;
      };
      if (within?.ids || within?.users) {
        const rows = within.ids
          ? [...within.ids].map(get).filter((row) => row !== undefined)
          : [...(within.users ?? [])].flatMap(ofUser);
        for (const row of rows.sort((a, b) => b.id - a.id)) if (!consider(row)) break;
        return out;
      }
      for (let i = added.length - 1; i >= 0; i--) if (!consider(added[i] as JobPermission)) return out;
      const from = before === Infinity ? total : Math.min(total, ids.permissionPosition(before - 1) + 1);
      for (let position = from - 1; position >= 0; position--)
        if (!removed.has(position) && !consider(at(position))) break;
      return out;
    },
    ofUser,
    add(row) {
      const made = { ...row, id: ids.permission(nextAdded++) };
      added.push(made);
      return made;
    },
    remove(id) {
      const index = added.findIndex((row) => row.id === id);
      if (index >= 0) return added.splice(index, 1).length > 0;
      if (!get(id)) return false;
      removed.add(ids.permissionPosition(id));
      return true;
    },
    get,
  };
}
