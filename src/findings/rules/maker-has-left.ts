import { employeesOfUsers } from "../../insights/employee-view.ts";
import type { Candidate } from "../../model/finding.ts";
import { hasEmployees } from "../../store/employees/employees.ts";
import type { WatchedEvent } from "../../store/usage/watched.ts";
import type { Asked, Rule } from "../kit.ts";
import { byDoer, byLog, cutAway, evidenceOf, living, makerOf, rowsAt, thingsText } from "../things.ts";

/**
 * One for each maker: what they leave behind is handed over together.
 *
 * @param leavers users who have left by the directory of employees
 */
export function ofWhoHasLeft(
  events: readonly WatchedEvent[],
  leavers: ReadonlySet<string> = new Set(),
): Candidate[] {
  const left = living(events).filter((story) => {
    const { user } = makerOf(story);
    return user !== null && (user.status !== "active" || leavers.has(user.id));
  });
  return byDoer(left, makerOf).map(({ subject, who, user, stories, events }) => {
    const is = user!.status === "active" ? "has left by the directory of employees" : `is ${user!.status}`;
    return {
      subject,
      userId: user!.id,
      severity: "high",
      text: `${who}, who ${is}, made or changed ${thingsText(stories, true)}.`,
      rows: events.length,
      evidence: evidenceOf(events),
      rowsAt: rowsAt(events, user),
    };
  });
}

export const rule: Rule = {
  code: "maker_has_left",
  restsOn: ["log", "listings", "directory"],
  reading: byLog,
  async untold(asked, gone) {
    const cut = await cutAway(asked, gone);
    return cut.length > 0 ? cut : [...(await leaversAmong(asked, gone, "perhaps"))];
  },
  async find(asked) {
    const events = await asked.watched();
    const makers = living(events).flatMap((story) => makerOf(story).user?.id ?? []);
    return ofWhoHasLeft(events, await leaversAmong(asked, makers, "surely"));
  },
};

/** Those of these users who have left by the directory; `perhaps`: who are in doubt, and may be one who has. */
async function leaversAmong(
  asked: Asked,
  users: readonly string[],
  how: "surely" | "perhaps",
): Promise<Set<string>> {
  const ids = [...new Set(users)].filter((id) => /^\d+$/.test(id));
  if (ids.length === 0 || !(await hasEmployees(asked.db))) return new Set();
  const who = await employeesOfUsers(asked, ids, asked.utcDay);
  return new Set(
    ids.filter((id) => {
      const { employee, candidates } = who.get(id)!;
      const all = how === "surely" ? [employee] : candidates.map((each) => each.employee);
      return all.some((each) => each?.state === "left");
    }),
  );
}
