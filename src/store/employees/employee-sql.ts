/** Employees as SQL sees them: states as fragments over `e` (employee). */
import { type RawBuilder, sql } from "kysely";
import { perEngine } from "../engine/engine.ts";

type Fragment = RawBuilder<unknown>;

const DAY_MS = sql.lit(86_400_000);
const toldDay = sql`e.told_at / ${DAY_MS}`;

/** The same as `employeeState` of model/employees/employee.ts; employee-lists.test.ts holds them together. */
export function employeeStateOf(today: number): Fragment {
  const day = sql.lit(today);
  return sql`(case when e.told = 'left' then 'left'
    when e.left_day < ${day} and (e.told is null or e.left_day >= ${toldDay}) then 'left'
    when e.told is null then case when e.started_day > ${day} then 'not_started' else 'employed' end
    when e.told = 'not_started' and e.started_day <= ${day} and e.started_day > ${toldDay} then 'employed'
    else e.told end)`;
}

/** The same as `leaveDayOf` of model/employees/employee-plan.ts. */
export const leaveDay: Fragment = sql`coalesce(e.left_day, e.left_at / ${DAY_MS})`;

/** As `keyOf` of model/employees/employee.ts folds case: only letters of ASCII, on both engines. */
export const foldCase = (text: Fragment): Fragment =>
  perEngine({ sqlite: sql`lower(${text})`, postgres: sql`lower((${text}) collate "C")` });

/** What follows the last @ of an address, in small letters. */
export const domainOfEmail = (email: Fragment): Fragment =>
  perEngine({
    sqlite: sql`lower(replace(${email}, rtrim(${email}, replace(${email}, '@', '')), ''))`,
    postgres: sql`lower(substring(${email} from '[^@]*$') collate "C")`,
  });
