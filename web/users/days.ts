/** On how many days somebody used it: never without the days that it is of. */
import { number } from "../format/number.ts";
import { usersWords as words } from "../text/users.ts";
import type { User } from "../text/words.ts";

/** `4 of 28`; null: not known. */
export function daysOf({ activeDays, coveredDays }: Pick<User["usage"], "activeDays" | "coveredDays">) {
  if (activeDays === null) return null;
  // Recruiting activity shows days that nothing covers: there may be more of them.
  if (activeDays > coveredDays) return words.atLeast(number(activeDays));
  return words.ofDays(number(activeDays), number(coveredDays));
}
