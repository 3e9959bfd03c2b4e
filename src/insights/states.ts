import { dataVersions } from "../store/data-version.ts";
import { countStates, type StateCount } from "../store/user-states.ts";
import { ofConnection, remembered, WHILE_SYNCING_MS } from "./memo.ts";
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
export async function statesOf({ db, connection, judge, stamp }: Question): Promise<States> {
  const { listed, use, marks, syncing } = await dataVersions(db, connection.id);
  const windows = [{ rule: null, known: judge.known }, ...judge.windows].map(({ rule, known }) => [
    rule?.level,
    rule?.role,
    known.from,
    known.covered,
  ]);
  const key = `${ofConnection(connection)} states ${marks} ${JSON.stringify(windows)}`;
  const version = `${listed} ${use}`;
  const make = async () => ({ version, stamp, states: await countStates(db, connection.id, judge) });
  const counted = await remembered(db, key, version, make, syncing ? WHILE_SYNCING_MS : 0);
  return counted.version === version ? { states: counted.states, stamp } : counted;
}
