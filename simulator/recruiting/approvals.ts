import type { User } from "../org/types.ts";
import type { Made, Rows } from "./derived.ts";
import { derivedRows, latest, remembered } from "./derived.ts";
import type { Moment } from "./moments.ts";
import { stillActs } from "./moments.ts";
import { makeOffer } from "./offers.ts";
import type { Setting } from "./setting.ts";
import { pick, time, who } from "./setting.ts";

const list = 103;
const groups = 2;
const seats = 3;
const types = ["open_job", "offer_job", "offer_candidate", "offer_candidate"] as const;

interface Approver {
  user: User;
  userId: number | null;
  /** Who resolved it, and when; null where it stays pending. */
  resolved: Moment | null;
  rejects: boolean;
  n: number;
}
/** An approval flow from its request to its last resolution, as the seed has it. */
export interface Flow {
  createdAt: number;
  requester: User;
  type: (typeof types)[number];
  job: number;
  n: number;
  lateAt: number | null;
  groups: { required: number; approvers: Approver[] }[];
}
type Without = Omit<Made, "id"> | null;

/** Approval flows, their groups and approvers, and the offers some of them are about. */
export function makeApprovals(s: Setting): Record<"flows" | "groups" | "approvers" | "offers", Rows> {
  const { org, draw, h, f } = s;
  const { ids, specials } = org;
  const slots = s.slots(list, org.sizes.users * 0.006);
  const seeded = remembered(4096, (slot): Flow | null => {
    const day = slots.dayOf(slot);
    const [first, next] = [slots.first(day), slots.first(day + 1)];
    const made = draw(day, (slot - first + f(list, slot, 4)) / (next - first));
    if (!made) return null;
    const n = h(list, slot, 5);
    const approvers = (group: number): Approver[] =>
      Array.from({ length: 1 + (h(list, slot, 10 + group) % seats) }, (_, k) =>
        approver(slot, day, group, k),
      ).filter((one) => one !== null);
    const kinds = n % 3 === 0 ? [approvers(0)] : [approvers(0), approvers(1)];
    return {
      createdAt: made.ms,
      requester: made.user,
      type: pick(types, n >>> 3),
      job: s.jobAt(n >>> 4, made.ms),
      n,
      lateAt: s.lateAt(list, slot, made.ms),
      groups: kinds.map((all) => ({ required: n % 4 === 0 ? 1 : all.length, approvers: all })),
    };
  });

  const flow = (slot: number): Flow | null => {
    const one = seeded(slot);
    return one && stillActs(one.requester, one.createdAt) ? one : null;
  };

  function approver(slot: number, day: number, group: number, k: number): Approver | null {
    const salt = 20 + group * seats + k;
    const n = h(list, slot, salt);
    const resolved = n % 6 === 2 ? null : draw(day + 1 + group * 2 + (n % 3), f(list, slot, salt + 10));
    const asked =
      resolved && n % 10 !== 7 ? resolved.user : (draw(day, f(list, slot, salt + 20))?.user ?? null);
    const user = !resolved && n % 4 === 1 ? specials.bo : asked;
    return user && { user, userId: who(user, n >>> 3, s.stranger), resolved, rejects: n % 14 === 5, n };
  }

  /** When an approver resolved it, if by `now` they did. */
  const resolvedAt = ({ resolved, userId }: Approver, now: number): number | null => {
    if (!resolved || resolved.ms > now || !stillActs(resolved.user, resolved.ms)) return null;
    return resolved.ms < (org.stripped.get(userId ?? 0) ?? Infinity) ? resolved.ms : null;
  };
  /** A pending approver who became Basic is none any more (api.md §1.7). */
  const gone = (one: Approver, now: number): boolean =>
    resolvedAt(one, now) === null && (org.stripped.get(one.userId ?? 0) ?? Infinity) <= now;
  const groupResolvedAt = (group: Flow["groups"][number], now: number): number | null => {
    const times = group.approvers.map((one) => resolvedAt(one, now)).filter((at) => at !== null);
    return times.length >= group.required && times.length > 0 ? Math.max(...times) : null;
  };
  const rejectedAt = (one: Flow, now: number): number | null => {
    const times = one.groups.flatMap((group) =>
      group.approvers.filter((each) => each.rejects).map((each) => resolvedAt(each, now)),
    );
    return times.find((at) => at !== null) ?? null;
  };
  const approvedAt = (one: Flow, now: number): number | null => {
    const times = one.groups.map((group) => groupResolvedAt(group, now));
    return times.every((at) => at !== null) ? Math.max(...times.map(Number)) : null;
  };

  const flowRow = (slot: number, now: number): Without => {
    const one = flow(slot);
    if (!one) return null;
    const [rejected, approved] = [rejectedAt(one, now), approvedAt(one, now)];
    const status =
      one.n % 60 === 17
        ? "withdrawn"
        : rejected !== null
          ? "rejected"
          : approved !== null
            ? "approved"
            : "pending";
    return {
      createdAt: one.createdAt,
      updatedAt: latest(now, one.createdAt, rejected, approved, one.lateAt),
      row: {
        approval_status: status,
        approval_type: one.n % 80 === 3 ? "custom_plan" : one.type,
        job_id: org.jobs[one.job]?.id ?? null,
        offer_id: one.type === "open_job" ? null : ids.of("offer", slot),
        requested_by_id: who(one.requester, one.n >>> 5, s.stranger),
        sequential: one.n % 2 === 0,
        version: 1 + (one.n % 3),
      },
    };
  };
  const groupRow = (slot: number, part: number, now: number): Without => {
    const one = flow(slot);
    const group = one?.groups[part];
    if (!one || !group) return null;
    const at = groupResolvedAt(group, now);
    return {
      createdAt: one.createdAt,
      updatedAt: latest(now, one.createdAt, at, one.lateAt),
      row: {
        approval_flow_id: ids.of("approvalFlow", slot),
        approvals_required: group.required,
        required_for_exception: one.n % 9 === 0,
        resolved_at: time(at),
        sort_order: part,
      },
    };
  };
  const approverRow = (slot: number, part: number, now: number): Without => {
    const [one, group, k] = [flow(slot), Math.floor(part / seats), part % seats];
    const asked = one?.groups[group]?.approvers[k];
    if (!one || !asked || gone(asked, now)) return null;
    const { n } = asked;
    const at = resolvedAt(asked, now);
    const due = group === 0 || groupResolvedAt(one.groups[0] as Flow["groups"][number], now) !== null;
    const reminded = n % 3 === 0 && due ? one.createdAt + 7_200_000 : null;
    return {
      createdAt: one.createdAt,
      updatedAt: latest(now, one.createdAt, at, reminded, one.lateAt),
      row: {
        added_by_custom_field_id: n % 20 === 0 ? ids.of("field", 2) : null,
        approver_group_id: ids.of("approverGroup", slot * groups + group),
        auto_reminders_sent: n % 3,
        reminder_sent_at: reminded !== null && reminded <= now ? time(reminded) : null,
        reminder_sent_by_id: reminded !== null && reminded <= now ? one.requester.id : null,
        reminders_sent: reminded !== null && reminded <= now ? 1 : 0,
        request_sent_at: due ? time(one.createdAt) : null,
        resolved_at: n % 40 === 9 ? null : time(at),
        resolved_by_id: at === null || n % 30 === 12 ? null : (asked.resolved?.user.id ?? null),
        send_auto_reminder_at: at === null ? time(one.createdAt + 172_800_000) : null,
        sort_order: k,
        status:
          n % 70 === 22
            ? "skipped"
            : at !== null
              ? asked.rejects
                ? "rejected"
                : "approved"
              : due
                ? "due"
                : "waiting",
        user_id: asked.userId,
        version_sent: n % 5 === 0 ? null : 1,
      },
    };
  };
  const source = { ids, slots, late: (slot: number) => s.late(list, slot) };
  return {
    flows: derivedRows({
      ...source,
      kind: "approvalFlow",
      parts: 1,
      make: (slot, _part, now) => flowRow(slot, now),
    }),
    groups: derivedRows({ ...source, kind: "approverGroup", parts: groups, make: groupRow }),
    approvers: derivedRows({ ...source, kind: "approver", parts: groups * seats, make: approverRow }),
    offers: derivedRows({
      ...source,
      kind: "offer",
      parts: 1,
      make(slot, _part, now) {
        const one = flow(slot);
        return one && one.type !== "open_job" ? makeOffer(s, one, approvedAt(one, now), now) : null;
      },
    }),
  };
}
