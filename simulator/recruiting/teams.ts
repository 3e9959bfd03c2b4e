import type { Kind } from "../org/ids.ts";
import type { Org } from "../org/org.ts";
import type { JobPermission, User } from "../org/types.ts";
import { hash, pick } from "../random.ts";
import type { Made, Rows } from "./derived.ts";
import type { Setting } from "./setting.ts";

const ownerTypes = ["recruiter", "recruiter", "coordinator", "sourcer"] as const;
/** Rows beside the derived ones are numbered from here on. */
const extra = 50_000_000;

interface Team {
  kind: Kind;
  /** Whether a job permission comes with this role in the hiring team. */
  has(h: number): boolean;
  row(permission: JobPermission, h: number): Record<string, unknown>;
}
type Extra = readonly [userId: number | null, row: Record<string, unknown>];

/**
 * Hiring teams: who has a role on a job has a job permission on it as well, and loses it with that permission.
 * Beside them Site Admins, who need no permission, and rows of people who are deactivated or unknown.
 */
export function makeTeams(s: Setting): Record<"owners" | "managers" | "defaults", Rows> {
  const { org } = s;
  const { ada, zoe, bo } = org.specials;
  const [first, last] = [org.jobs[0]?.id, org.jobs.at(-1)?.id];
  const jobIndex = new Map(org.jobs.map((job, i) => [job.id, i]));
  const owner = (
    user: Pick<User, "id"> | null,
    job: number | undefined,
    type: string,
    responsible: boolean,
  ): Extra => [user?.id ?? null, { user_id: user?.id ?? null, job_id: job, type, responsible }];
  const manager = (user: Pick<User, "id"> | null, job: number | undefined): Extra => [
    user?.id ?? null,
    { user_id: user?.id ?? null, job_id: job },
  ];
  const stranger = { id: s.stranger };
  const usual = s.visits.actors.map((actor): Extra => {
    const user = org.actors[actor] as User;
    const job = s.jobAt(s.h(101, actor, 7), org.sizes.anchor);
    return [user.id, { user_id: user.id, interview_kit_id: s.kit(job, actor) }];
  });
  return {
    owners: teamRows(
      org,
      {
        kind: "owner",
        has: (h) => h % 7 === 0,
        row: (p, h) => ({
          user_id: p.userId,
          job_id: p.jobId,
          type: h % 200 === 14 ? "talent_partner" : pick(ownerTypes, h >>> 4),
          responsible: h % 3 === 0,
        }),
      },
      [
        owner(ada, first, "recruiter", true),
        owner(zoe, first, "coordinator", false),
        owner(bo, last, "sourcer", false),
        owner(stranger, last, "recruiter", true),
        owner(null, last, "recruiter", false),
      ],
    ),
    managers: teamRows(
      org,
      { kind: "manager", has: (h) => h % 14 === 5, row: (p) => ({ user_id: p.userId, job_id: p.jobId }) },
      [manager(zoe, last), manager(ada, last), manager(bo, first), manager(stranger, first)],
    ),
    defaults: teamRows(
      org,
      {
        kind: "defaultInterviewer",
        has: (h) => h % 9 === 1,
        row: (p, h) => ({ user_id: p.userId, interview_kit_id: s.kit(jobIndex.get(p.jobId) ?? 0, h >>> 3) }),
      },
      [
        ...usual,
        [bo.id, { user_id: bo.id, interview_kit_id: s.kit(0, 1) }],
        [null, { user_id: null, interview_kit_id: s.kit(0, 2) }],
      ],
    ),
  };
}

function teamRows(org: Org, team: Team, extras: readonly Extra[]): Rows {
  const { ids, sizes, permissions, stripped } = org;
  const { kind } = team;
  const position = (permission: JobPermission): number => ids.permissionPosition(permission.id);
  const chance = (permission: JobPermission): number =>
    hash(sizes.seed, position(permission), 110, kind.length);
  // A permission that was added later, by hand or by a mutation, brings no role with it.
  const has = (permission: JobPermission): boolean =>
    position(permission) < 1e9 && team.has(chance(permission));
  const made = (permission: JobPermission): Made => ({
    id: ids.of(kind, position(permission)),
    createdAt: permission.createdAt,
    updatedAt: permission.updatedAt,
    row: team.row(permission, chance(permission)),
  });
  const held = extras.map(([userId, row], i) => {
    const at = sizes.anchor - (200 - (i % 150)) * 86_400_000;
    return { userId, made: { id: ids.of(kind, extra + i), createdAt: at, updatedAt: at, row } as Made };
  });
  const permissionId = (id: number): number => ids.permission(ids.indexOf(kind, id));
  const isExtra = (id: number): boolean => ids.indexOf(kind, id) >= extra;
  return {
    page(_now, before, limit, accept, _bounds, wanted) {
      const passes = (row: Made): boolean => row.id < before && (wanted?.has(row.id) ?? true) && accept(row);
      const shown = held.filter(({ userId, made: row }) => !stripped.has(userId ?? 0) && passes(row));
      const out = shown
        .map(({ made: row }) => row)
        .reverse()
        .slice(0, limit);
      if (out.length === limit) return out;
      const within = wanted && { ids: new Set([...wanted].filter((id) => !isExtra(id)).map(permissionId)) };
      const top = before === Infinity || isExtra(before - 1) ? Infinity : permissionId(before - 1) + 1;
      const rows = permissions.page(top, limit - out.length, (p) => has(p) && passes(made(p)), within);
      return [...out, ...rows.map(made)];
    },
    add(row) {
      const one = row(ids.of(kind, extra + held.length));
      held.push({ userId: (one.row.user_id as number | null) ?? null, made: one });
      return one;
    },
  };
}
