import type { Connection } from "../model/connection.ts";
import type { UserFilter } from "../model/query.ts";
import type { Db } from "../store/store.ts";
import { asksForUse } from "../store/users/user-sql.ts";
import { countIn } from "../store/users/user-states.ts";
import { countUsers, readsRows, selectUserIds } from "../store/users/users.ts";
import { cursorOf, idFrom, placeOf } from "./cursor.ts";
import { QueryRefused } from "./errors.ts";
import { DEFAULT_LIMIT, type Question, question } from "./question.ts";
import { statesOf } from "./states.ts";
import type { Listed, UserQuery, UserView } from "./types.ts";
import { rowsOf, userViews } from "./user-view.ts";
import { listUsersAsOf } from "./users-as-of.ts";

/** Users that fit, with level, license and use. Throws InvalidCursor, NotKnownThen. */
export async function listUsers(
  db: Db,
  connection: Connection,
  query: UserQuery,
  now: number,
): Promise<Listed<UserView>> {
  const { sort = "name", descending = false, limit = DEFAULT_LIMIT, cursor, asOf = null, ...filter } = query;
  if (asOf !== null && (query.sort !== undefined || query.descending !== undefined)) {
    throw new QueryRefused(
      '"sort" and "descending" can\'t be asked as of an earlier time: the list is by ID.',
    );
  }
  if (asOf !== null) return listUsersAsOf(db, connection, { ...filter, limit, cursor, asOf }, now);
  const asked = await question(db, connection, now);
  const list = `users ${sort} ${descending}`;
  const place = placeOf(list, cursor, 2);
  const after = place && { key: place[0]!, id: idFrom(place[1]) };
  const [found, counted] = await Promise.all([
    selectUserIds(db, connection.id, filter, asked.judge, { sort, descending }, { after, limit: limit + 1 }),
    after || readsRows(filter) ? null : countAll(asked, filter),
  ]);
  const page = found.places.slice(0, limit);
  const last = found.places.length > limit ? page.at(-1) : undefined;
  const rows = await rowsOf(
    asked,
    page.map(({ id }) => id),
  );
  return {
    items: await userViews(asked, rows),
    nextCursor: last ? cursorOf(list, [last.key, last.id]) : null,
    // None found means none counted.
    total: after ? null : (counted ?? found.total ?? 0),
    stamp: asked.stamp,
  };
}

/** What is counted for overviews and licenses anyway isn't counted again. */
async function countAll(asked: Question, filter: UserFilter): Promise<number> {
  if (asksForUse(filter)) {
    const { states } = await statesOf(asked);
    const known = countIn(states, asked.licenses.rules, filter);
    if (known !== null) return known;
  }
  return countUsers(asked.db, asked.connection.id, filter, asked.judge);
}
