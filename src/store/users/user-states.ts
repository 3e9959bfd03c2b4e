/** Users counted by what they are and by their state of use: all that overviews and licenses tell. */
import { type RawBuilder, sql } from "kysely";
import { licenseTypeOf, type TypeRule, type UseState } from "../../model/license.ts";
import type { UserFilter } from "../../model/query.ts";
import type { Level, Status } from "../../model/records.ts";
import type { Db, Tx } from "../store.ts";
import {
  deedIsNewer,
  flagOf,
  isService,
  type Judge,
  newlyUnused,
  usersWithUse,
  useState,
} from "./user-sql.ts";

/** People of one level, status and state of use. */
export interface StateCount {
  level: Level;
  status: Status;
  serviceAccount: boolean;
  use: UseState;
  people: number;
  /** Of them, who is unused now, and used it within the window as it lay a week ago. */
  newlyUnused: number;
  /** Of them, whose use of the window a recruiting list tells alone. */
  byDeed: number;
}

/** Users by level, status and state of use: all that overviews and licenses count. */
export async function countStates(db: Db | Tx, connection: number, judge: Judge): Promise<StateCount[]> {
  const use = useState(judge);
  const sum = (condition: RawBuilder<unknown>) => sql`sum(${flagOf(condition)})`;
  // In the order of their index: nothing is sorted, where a group for each state would sort everybody.
  const { rows } = await sql<StateRow>`
    select u.level, u.status, u.service_account, u.marked_service_account, count(*) as people,
      ${sum(sql`${use} = 'in_use'`)} as in_use, ${sum(sql`${use} = 'in_use' and ${deedIsNewer} = 1`)} as by_deed,
      ${sum(sql`${use} = 'unused'`)} as unused, ${sum(newlyUnused(judge))} as newly_unused,
      ${sum(sql`${use} = 'never_used'`)} as never_used
    from ${usersWithUse} where u.connection = ${connection}
    group by u.level, u.status, u.service_account, u.marked_service_account`.execute(db);
  return rows.flatMap((row) => {
    const { level, status, people, in_use, unused, never_used } = row;
    const serviceAccount = row.service_account === 1 || row.marked_service_account === 1;
    const of = (use: UseState, people: number, newlyUnused = 0, byDeed = 0): StateCount[] =>
      people === 0 ? [] : [{ level, status, serviceAccount, use, people, newlyUnused, byDeed }];
    return [
      ...of("in_use", in_use, 0, row.by_deed),
      ...of("unused", unused, row.newly_unused),
      ...of("never_used", never_used),
      ...of("unknown", people - in_use - unused - never_used),
    ];
  });
}

interface StateRow {
  level: Level;
  status: Status;
  service_account: number;
  marked_service_account: number;
  people: number;
  in_use: number;
  by_deed: number;
  unused: number;
  newly_unused: number;
  never_used: number;
}

/** How many users fit, from what was counted of all; null: the filter asks for more than that tells. */
export function countIn(
  states: readonly StateCount[],
  rules: readonly TypeRule[],
  { status, level, license, licenseType, use, serviceAccounts, ...more }: UserFilter,
): number | null {
  if (Object.values(more).some((asked) => asked !== undefined)) return null;
  const among = <T>(asked: readonly T[] | undefined, value: T) =>
    asked === undefined || asked.includes(value);
  const fits = (each: StateCount) => {
    const type = licenseTypeOf(each, rules);
    const state = type === null ? null : each.status === "deactivated" ? "held_by_deactivated" : each.use;
    return (
      among(status, each.status) &&
      among(level, each.level) &&
      among<string>(licenseType, type ?? "none") &&
      (license === undefined || (state !== null && license.includes(state))) &&
      among(use, each.use) &&
      (serviceAccounts === undefined ||
        serviceAccounts === "include" ||
        (serviceAccounts === "only") === each.serviceAccount)
    );
  };
  return states.reduce((sum, each) => sum + (fits(each) ? each.people : 0), 0);
}

export interface StateMove {
  level: Level;
  from: UseState;
  to: UseState;
  people: number;
}

/** Active people by their state of use under two judges; who stays is among them. */
export async function countMoves(
  db: Db | Tx,
  connection: number,
  before: Judge,
  after: Judge,
): Promise<StateMove[]> {
  const { rows } = await sql<StateMove>`
    select u.level, ${useState(before)} as "from", ${useState(after)} as "to", count(*) as people
    from ${usersWithUse} where u.connection = ${connection} and u.status = 'active' and not ${isService}
    group by 1, 2, 3 order by people desc, 1, 2, 3`.execute(db);
  return rows;
}

export interface Mover {
  level: Level;
  from: UseState;
  to: UseState;
  id: string;
  name: string | null;
}

/** Of each move the first so many people, by name. */
export async function firstMovers(
  db: Db | Tx,
  connection: number,
  { before, after }: { before: Judge; after: Judge },
  limit: number,
): Promise<Mover[]> {
  const { rows } = await sql<Omit<Mover, "id"> & { user_id: string }>`
    select level, "from", "to", user_id, name from (
      select judged.*, row_number() over (partition by level, "from", "to" order by sort_name, user_id) as place
      from (select u.level, ${useState(before)} as "from", ${useState(after)} as "to", u.user_id, u.name, u.sort_name
        from ${usersWithUse} where u.connection = ${connection} and u.status = 'active' and not ${isService}) as judged
      where "from" <> "to") as moved
    where place <= ${limit} order by level, "from", "to", place`.execute(db);
  return rows.map(({ user_id, ...mover }) => ({ ...mover, id: user_id }));
}
