import { dataVersion } from "../store/usage.ts";
import { countStates, type StateCount } from "../store/users.ts";
import { remembered } from "./memo.ts";
import type { Question } from "./question.ts";

/** Users by level, status and state of use; remembered until something is synced or another day begins. */
export async function statesOf({ db, connection, judge }: Question): Promise<readonly StateCount[]> {
  const { known } = judge;
  const { version } = await dataVersion(db, connection.id);
  const others = judge.windows.map(({ rule, known }) => [rule.level, rule.role, known.from, known.covered]);
  const key = `${version} ${known.from} ${known.covered} ${JSON.stringify(others)}`;
  return remembered(db, `${connection.id} states`, key, () => countStates(db, connection.id, judge));
}
