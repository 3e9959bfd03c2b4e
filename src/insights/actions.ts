import { type ActionKind, refusalText, type TargetState, UNDOES } from "../model/action.ts";
import type { Connection } from "../model/connection.ts";
import {
  countTargets,
  listTargets,
  type Target,
  type TargetCounts,
} from "../store/actions/action-targets.ts";
import { type Action, countActions, getAction, listActions, undoneBy } from "../store/actions/actions.ts";
import type { Db } from "../store/store.ts";
import { jobsByIds } from "../store/users/grants.ts";
import { namesOf } from "../store/users/names.ts";
import { effectText, type Named, NEVER_TOLD, UNDO_TEXT } from "./action-words.ts";
import { cursorOf, placeOf } from "./cursor.ts";
import { jobRef } from "./grant-view.ts";
import { DEFAULT_LIMIT, iso, isoOrNull, question } from "./question.ts";
import type { ActionView, Listed, Paged, TargetView } from "./types.ts";

const LIST = "actions";

/** What was done and is to be done, newest first; previews that nobody applied are not among it. Throws InvalidCursor. */
export async function allActions(
  db: Db,
  connection: Connection,
  { limit = DEFAULT_LIMIT, cursor }: Paged,
  now: number,
): Promise<Listed<ActionView>> {
  const place = placeOf(LIST, cursor, 1);
  const before = place ? Number(place[0]) : null;
  const [rows, total, asked] = await Promise.all([
    listActions(db, connection.id, { before, limit: limit + 1 }),
    place ? null : countActions(db, connection.id),
    question(db, connection, now),
  ]);
  const page = rows.slice(0, limit);
  return {
    items: await actionViews(db, connection.id, page, now),
    nextCursor: rows.length > limit ? cursorOf(LIST, [page.at(-1)!.id]) : null,
    total,
    stamp: asked.stamp,
  };
}

export async function oneAction(
  db: Db,
  connection: Connection,
  id: number,
  now: number,
): Promise<ActionView | null> {
  const action = await getAction(db, connection.id, id);
  return action && (await actionViews(db, connection.id, [action], now))[0]!;
}

async function actionViews(
  db: Db,
  connection: number,
  actions: readonly Action[],
  now: number,
): Promise<ActionView[]> {
  const ids = actions.map(({ id }) => id);
  const undoing = await undoneBy(db, connection, ids, now);
  const counts = await countTargets(db, connection, [...ids, ...[...undoing.values()].map(({ id }) => id)]);
  return actions.map((action) => {
    const by = undoing.get(action.id) ?? null;
    const wholly = by !== null && (by.state !== "done" || isAllSeen(counts(by.id)));
    return actionView(action, counts(action.id), { by: by?.id ?? null, wholly }, now);
  });
}

const isAllSeen = ({ seen, refused, unknown, waiting, sent }: TargetCounts): boolean =>
  seen > 0 && refused + unknown + waiting + sent === 0;

/** @param undone by which action, and whether nobody is left to take it back for, or will be once that one has ended */
function actionView(
  action: Action,
  counts: TargetCounts,
  undone: { by: number | null; wholly: boolean },
  now: number,
): ActionView {
  const { id, kind, state, targets, undoes } = action;
  const late = (state === "previewed" || state === "proposed") && action.endsAt <= now;
  const never = NEVER_TOLD[kind];
  const undo =
    state === "done" && counts.seen + counts.unknown > 0 && !undone.wholly ? (UNDOES[kind] ?? null) : null;
  return {
    id,
    kind,
    state: late ? "expired" : state,
    targets,
    counts,
    serviceAccounts: action.serviceAccounts,
    needsApproval: action.needsApproval,
    undoes,
    undoneBy: undone.by,
    undo,
    undoText: UNDO_TEXT[kind],
    notTold: [...action.notTold, ...(never === null ? [] : [never])],
    madeBy: action.madeBy.name,
    madeByMember: action.madeBy.member,
    madeAt: iso(action.madeAt),
    endsAt: iso(action.endsAt),
    appliedAt: isoOrNull(action.appliedAt),
    approvedBy: action.approvedBy?.name ?? null,
    approvedAt: isoOrNull(action.approvedAt),
    stoppedBy: action.stoppedBy,
    startedAt: isoOrNull(action.startedAt),
    endedAt: isoOrNull(action.endedAt),
  };
}

/** Each of whom it is aimed at: the effect, and what became of it. Throws InvalidCursor; null: no such action. */
export async function targetsOf(
  db: Db,
  connection: Connection,
  id: number,
  { limit = DEFAULT_LIMIT, cursor, state }: Paged & { state?: TargetState[] },
  now: number,
): Promise<Listed<TargetView> | null> {
  const action = await getAction(db, connection.id, id);
  if (!action) return null;
  const list = `targets ${id} ${(state ?? []).join("+")}`;
  const place = placeOf(list, cursor, 1);
  const after = place ? Number(place[0]) : 0;
  const [rows, counts, asked] = await Promise.all([
    listTargets(db, connection.id, id, { after, limit: limit + 1, states: state }),
    place ? null : countTargets(db, connection.id, [id]),
    question(db, connection, now),
  ]);
  const page = rows.slice(0, limit);
  const counted = counts?.(id);
  const wanted = Object.entries(counted ?? {}).filter(
    ([name]) => !state || state.includes(name as TargetState),
  );
  return {
    items: await targetViews(db, connection, action.kind, page),
    nextCursor: rows.length > limit ? cursorOf(list, [page.at(-1)!.n]) : null,
    total: counted ? wanted.reduce((sum, [, n]) => sum + n, 0) : null,
    stamp: asked.stamp,
  };
}

async function targetViews(
  db: Db,
  connection: Connection,
  kind: ActionKind,
  targets: readonly Target[],
): Promise<TargetView[]> {
  const grants = targets.flatMap(({ grant }) => grant ?? []);
  const some = (ids: (string | null | undefined)[]) => ids.filter((id) => id != null);
  const duties = targets.flatMap(({ duties: d }) =>
    d
      ? [d.hiringManager, d.recruiter, d.coordinator, d.sourcer, d.interviews?.jobs].flatMap(
          (jobs) => jobs ?? [],
        )
      : [],
  );
  const [role, department, office, jobs] = await Promise.all([
    namesOf(db, connection.id, "role", some(grants.map(({ roleId }) => roleId))),
    namesOf(db, connection.id, "department", some(grants.map(({ departmentId }) => departmentId))),
    namesOf(db, connection.id, "office", some(grants.map(({ officeId }) => officeId))),
    jobsByIds(db, connection.id, [...new Set([...some(grants.map(({ jobId }) => jobId)), ...duties])]),
  ]);
  const all = { role, department, office };
  const names: Named = {
    name: (what, id) => (what === "job" ? jobs.get(id)?.name : all[what].get(id)) ?? `${what} ${id}`,
  };
  const place = (what: "department" | "office", id: string | null) =>
    id === null ? ("every" as const) : { id, name: all[what].get(id) ?? null };
  return targets.map((target) => {
    const { n, userId, user, grant, state, after, ask } = target;
    const { name, email, level, serviceAccount } = user;
    return {
      n,
      user: { id: userId, name, email, status: user.status ?? "missing", level, serviceAccount },
      grant: grant && {
        kind: grant.kind,
        id: grant.id,
        role: grant.roleId === null ? null : { id: grant.roleId, name: role.get(grant.roleId) ?? null },
        job: grant.jobId === null ? null : jobRef(grant.jobId, jobs.get(grant.jobId)),
        department: grant.kind === "job" ? null : place("department", grant.departmentId),
        office: grant.kind === "job" ? null : place("office", grant.officeId),
      },
      state,
      effect: effectText(kind, target, names),
      reason: reasonOf(kind, target),
      after: after && { status: after.status ?? null, level: after.level ?? null },
      ask: ask && { ...ask, at: iso(ask.at) },
      sentAt: isoOrNull(target.sentAt),
      endedAt: isoOrNull(target.endedAt),
    };
  });
}

/** api.md §2.5: what each needs on v3. */
export const WRITE_SCOPES: Record<ActionKind, readonly string[]> = {
  deactivate: ["harvest:users:deactivate"],
  reactivate: ["harvest:users:activate"],
  revoke_to_basic: ["harvest:users:revoke_permissions"],
  remove_grants: ["harvest:user_job_permissions:destroy", "harvest:future_job_permissions:destroy"],
};

function reasonOf(
  kind: ActionKind,
  { state, refusal, said, ask }: Pick<Target, "state" | "refusal" | "said" | "ask">,
): TargetView["reason"] {
  const status = ask?.status ?? null;
  if (state === "unknown") {
    const answer = status === null ? "No answer came" : `Greenhouse answered ${status}`;
    const text =
      refusal === null
        ? `${answer}, and for two minutes nothing of it was to be seen.`
        : `${answer}. ${refusalText(refusal, said?.replace(/\.?$/, ".") ?? null)}`;
    return { code: "unknown", text: `${text} Check in Greenhouse.` };
  }
  if (state !== "refused" || refusal === null) return null;
  if (refusal !== "greenhouse") return { code: refusal, text: refusalText(refusal, said) };
  const why = said === null ? "" : ` ${said.replace(/\.?$/, ".")}`;
  const scope = status === 403 ? ` The credential may lack ${WRITE_SCOPES[kind].join(" or ")}.` : "";
  return { code: refusal, text: `Greenhouse answered ${status ?? "nothing"}.${why}${scope}` };
}
