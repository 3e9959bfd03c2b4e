/** All that fits a filter, as an action aims at it. */
import type { Connection } from "../model/connection.ts";
import type { EmployeeQuery, ListToActOn } from "../model/employees/employee-query.ts";
import { selectEmployeeRows } from "../store/employees/employee-lists.ts";
import type { Db } from "../store/store.ts";
import type { GrantKind } from "../store/users/grants.ts";
import { selectUserIds } from "../store/users/users.ts";
import { scopeOf } from "./employees.ts";
import { listGrants } from "./grants.ts";
import { question } from "./question.ts";
import type { GrantQuery, UserFilter } from "./types.ts";

/** Ids of the users that fit, `most` at most. */
export async function usersThatFit(
  db: Db,
  connection: Connection,
  filter: UserFilter,
  most: number,
  now: number,
): Promise<string[]> {
  const { judge } = await question(db, connection, now);
  const order = { sort: "name", descending: false } as const;
  const page = { after: null, limit: most };
  const { places } = await selectUserIds(db, connection.id, filter, judge, order, page);
  return places.map(({ id }) => id);
}

/** Ids of the users on a list of the directory of employees, `most` at most. */
export async function usersOnList(
  db: Db,
  connection: Connection,
  { list, ...narrowing }: EmployeeQuery & { list: ListToActOn },
  most: number,
  now: number,
): Promise<string[]> {
  // Whether the reader may see the whole directory changes nothing about its users.
  const scope = await scopeOf(db, connection, false, now);
  const rows = await selectEmployeeRows(db, list, narrowing, scope, { after: null, limit: most });
  return [...new Set(rows.flatMap(({ userId }) => userId ?? []))];
}

const PAGE = 1_000;

export async function grantsThatFit(
  db: Db,
  connection: Connection,
  filter: Omit<GrantQuery, "limit" | "cursor" | "asOf" | "job">,
  most: number,
  now: number,
): Promise<{ kind: GrantKind; id: string }[]> {
  const found: { kind: GrantKind; id: string }[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listGrants>> = await listGrants(
      db,
      connection,
      { ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) },
      now,
    );
    for (const { kind, id } of page.items) if (kind !== "site_admin" && id !== null) found.push({ kind, id });
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}
