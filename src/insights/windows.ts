import type { Connection, ConnectionSettings } from "../model/connection.ts";
import { USE_STATES, type UseState } from "../model/license.ts";
import type { Db } from "../store/store.ts";
import { countMoves, firstMovers, type StateMove } from "../store/users/user-states.ts";
import { question, windowView } from "./question.ts";
import type { WindowsPreview } from "./types.ts";

/** So many of each move are named. */
const NAMED = 10;

/** Which active people would be judged otherwise if these were the windows; saves nothing. */
export async function previewWindows(
  db: Db,
  connection: Connection,
  windows: Pick<ConnectionSettings, "windowDays" | "windows">,
  now: number,
): Promise<WindowsPreview> {
  const [before, after] = await Promise.all([
    question(db, connection, now),
    question(db, { ...connection, settings: { ...connection.settings, ...windows } }, now),
  ]);
  const [counted, movers] = await Promise.all([
    countMoves(db, connection.id, before.judge, after.judge),
    firstMovers(db, connection.id, { before: before.judge, after: after.judge }, NAMED),
  ]);
  const sum = (side: "from" | "to") => {
    const of = (state: UseState) =>
      counted.reduce((total, move) => total + (move[side] === state ? move.people : 0), 0);
    return Object.fromEntries(USE_STATES.map((state) => [state, of(state)])) as Record<UseState, number>;
  };
  return {
    window: windowView(after),
    before: sum("from"),
    after: sum("to"),
    moves: counted
      .filter(({ from, to }: StateMove) => from !== to)
      .map((move) => ({
        ...move,
        first: movers
          .filter(({ level, from, to }) => level === move.level && from === move.from && to === move.to)
          .map(({ id, name }) => ({ id, name })),
      })),
  };
}
