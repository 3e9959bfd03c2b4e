/** Findings: the handlers of contract/findings.ts. */
import { followDirectory } from "../../findings/follow.ts";
import { findingOf, listFindings } from "../../findings/list.ts";
import type { Connection } from "../../model/connection.ts";
import { FINDING_TEXT, type Finding, findingId, isOver } from "../../model/finding.ts";
import { isAmong } from "../../model/member.ts";
import { lockConnection } from "../../store/engine/engine.ts";
import { saveFindings } from "../../store/findings/findings.ts";
import { getMember } from "../../store/members/members.ts";
import type { Db, Tx } from "../../store/store.ts";
import { namesOf } from "../../store/users/names.ts";
import { askerOf, nameOf } from "../connections/asker.ts";
import type { FindingView } from "../contract/findings.ts";
import { ApiError } from "../errors.ts";
import { type Asking, connectionOf, type Handlers, iso, isoOrNull } from "../handler.ts";
import { changed } from "../trail/trail-changes.ts";

const MOST_DAYS = 730;
const DAY_MS = 86_400_000;

export const findingHandlers: Pick<Handlers, "listFindings" | "getFinding" | "changeFinding"> = {
  async listFindings({ params, query }, asking) {
    const connection = await connectionOf(asking, params.c);
    await followDirectory(asking.services.store, connection, asking.now());
    const list = await listFindings(asking.db, connection, query, asking.now());
    return {
      items: await views(asking.db, connection.id, list.items),
      nextCursor: list.nextCursor,
      total: list.total,
      stamp: list.stamp,
      open: list.open,
      rules: list.rules.map(({ rule, on, check }) => ({
        rule,
        label: FINDING_TEXT[rule].label,
        on,
        judgedAt: isoOrNull(check?.at),
        notJudged: check?.reason ?? null,
      })),
    };
  },

  async getFinding({ params }, asking) {
    const connection = await connectionOf(asking, params.c);
    return viewOf(asking.db, connection, await required(asking.db, connection, params.finding, asking.now()));
  },

  async changeFinding({ params, body }, asking) {
    const { services, now, trail } = asking;
    const connection = await connectionOf(asking, params.c);
    trail.target = params.finding;
    const accepted = acceptanceOf(body, now());
    const asker = askerOf(asking.who);
    if (body.owner != null) await requireOwner(asking, connection, body.owner);
    const { before, after } = await services.store.write(async (tx) => {
      // Whoever judges meanwhile comes before this is read, or after it is written.
      await lockConnection(tx, connection.id);
      const before = await required(tx, connection, params.finding, now());
      if (body.state && isOver(before)) {
        throw new ApiError(
          "not_possible",
          before.state === "seen_fixed"
            ? "This finding was seen fixed already."
            : "This finding is no longer looked for: its rule has other thresholds.",
          "Nothing is left to do. Should it come back, it opens by itself.",
        );
      }
      const state = body.state ?? before.state;
      const after: Finding = {
        ...before,
        ...(body.state && { state, stateAt: now(), accepted, by: asker && nameOf(asker) }),
        ...(body.owner !== undefined && { ownerId: body.owner }),
      };
      await saveFindings(tx, connection.id, [after]);
      return { before, after };
    });
    trail.details = changed(toldOf(before), toldOf(after));
    return viewOf(asking.db, connection, after);
  },
};

/** What the audit trail keeps of a decision; the reason stands with the finding. */
const toldOf = ({ state, accepted, ownerId }: Finding) => ({
  state,
  until: isoOrNull(accepted?.until),
  owner: ownerId,
});

/** @throws ApiError `invalid_request`: to accept takes a reason and an end, and nothing else does */
function acceptanceOf(
  { state, until, reason }: { state?: string; until?: number; reason?: string },
  now: number,
): Finding["accepted"] {
  const told = until !== undefined || reason !== undefined;
  if (state !== "accepted") {
    if (!told) return null;
    throw new ApiError("invalid_request", "`until` and `reason` belong to the state `accepted`.");
  }
  if (until === undefined || reason === undefined) {
    throw new ApiError(
      "invalid_request",
      "To accept a finding takes a date and a reason.",
      "Give `until` and `reason`: whoever reads it later wants to know why.",
    );
  }
  if (until <= now || until > now + MOST_DAYS * DAY_MS) {
    throw new ApiError(
      "invalid_request",
      `A finding can be accepted until a day of the next ${MOST_DAYS} days.`,
      "Give a later date, or an earlier one.",
    );
  }
  return { until, reason };
}

/** @throws ApiError `member_not_found`: nobody, or one who doesn't see this connection */
async function requireOwner({ db }: Asking, connection: Connection, id: number): Promise<void> {
  const member = await getMember(db, id);
  if (member?.role && isAmong(member, connection.id)) return;
  throw new ApiError(
    "member_not_found",
    `No member with the id ${id} sees ${connection.name}.`,
    "See Members, or `glasshouse members`.",
  );
}

async function required(db: Db | Tx, connection: Connection, id: string, now: number): Promise<Finding> {
  const found = await findingOf(db, connection.id, id, now);
  if (found) return found;
  throw new ApiError(
    "finding_not_found",
    `${connection.name} has no finding ${JSON.stringify(id)}.`,
    "See `glasshouse findings` for ids.",
  );
}

async function viewOf(db: Db, connection: Connection, finding: Finding): Promise<FindingView> {
  return (await views(db, connection.id, [finding]))[0]!;
}

async function views(db: Db, connection: number, findings: readonly Finding[]): Promise<FindingView[]> {
  const users = await namesOf(
    db,
    connection,
    "user",
    findings.flatMap(({ userId }) => userId ?? []),
  );
  const owners = new Map<number, string>();
  for (const id of new Set(findings.flatMap(({ ownerId }) => ownerId ?? []))) {
    const member = await getMember(db, id);
    if (member) owners.set(id, member.name);
  }
  return findings.map((each) => ({
    id: findingId(each),
    rule: each.rule,
    label: FINDING_TEXT[each.rule].label,
    severity: each.severity,
    state: each.state,
    text: each.text,
    user: each.userId === null ? null : { id: each.userId, name: users.get(each.userId) ?? null },
    rows: each.rows,
    evidence: each.evidence.map(({ at, ...row }) => ({ ...row, at: isoOrNull(at) })),
    rowsAt: each.rowsAt,
    coverage: each.coverage,
    remedy: FINDING_TEXT[each.rule].remedy,
    firstSeenAt: iso(each.firstSeenAt),
    lastSeenAt: iso(each.lastSeenAt),
    stateAt: iso(each.stateAt),
    returned: each.returned,
    accepted: each.accepted && { until: iso(each.accepted.until), reason: each.accepted.reason },
    owner: ownerView(each.ownerId, owners),
    by: each.by,
    fixedRun: each.fixedRun,
  }));
}

function ownerView(id: number | null, names: ReadonlyMap<number, string>): FindingView["owner"] {
  const name = id === null ? undefined : names.get(id);
  return id === null || name === undefined ? null : { id, name };
}
