import { countStates, type StateCount } from "../store/users/user-states.ts";
import { countsOf } from "./memo.ts";
import type { Question } from "./question.ts";
import type { Stamp } from "./types.ts";

/** What was counted, and the stamp of when it was. */
export interface States {
  states: readonly StateCount[];
  stamp: Stamp;
}

/**
 * Users by level, status and state of use. Remembered until their data changes or another day begins; while a run writes, a
 * count of less than a minute ago is shown, with its stamp. What a person changes (marks, windows) is counted at once.
 */
export async function statesOf(asked: Question): Promise<States> {
  const { db, connection, judge, stamp } = asked;
  const { version, remember } = await countsOf(asked);
  const windows = [{ rule: null, known: judge.known }, ...judge.windows].map(({ rule, known }) => [
    rule?.level,
    rule?.role,
    known.from,
    known.covered,
  ]);
  const make = async () => ({ version, stamp, states: await countStates(db, connection.id, judge) });
  const counted = await remember(`states ${JSON.stringify(windows)}`, make);
  return counted.version === version ? { states: counted.states, stamp } : counted;
}
