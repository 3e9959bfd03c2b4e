/**
 * Which users are of a department or an office, and whose an e-mail address is: the same as in their rows, the other way round, so that
 * who is asked for by one of these needn't be looked for in every row. Kept with every change of a user, in its transaction.
 */
import type { UserRecord } from "../../model/records.ts";
import type { RowChange } from "../../model/row-change.ts";
import { addressKey } from "../../model/text.ts";
import { deleteRows, insertRows } from "../engine/bulk.ts";
import type { Tx } from "../store.ts";

export const addressesOf = ({ email, emails }: UserRecord): string[] =>
  [email, ...emails].flatMap((each) => (each === null ? [] : [addressKey(each)]));

const PLACES = [
  { table: "user_department", column: "department_id", of: (user: UserRecord) => user.departmentIds },
  { table: "user_office", column: "office_id", of: (user: UserRecord) => user.officeIds },
  { table: "user_address", column: "address", of: addressesOf },
] as const;

/** @param changes of users, as their rows were changed */
export async function keepPlaces(
  tx: Tx,
  connection: number,
  changes: readonly RowChange<UserRecord>[],
): Promise<void> {
  for (const { table, column, of } of PLACES) {
    const key = ["connection", column, "user_id"];
    const rows = (pick: (before: Set<string>, after: Set<string>) => Set<string>) =>
      changes.flatMap(({ id, before, after }) =>
        [...pick(new Set(before ? of(before) : []), new Set(of(after!)))].map((place) => [
          connection,
          place,
          id,
        ]),
      );
    const left = rows((before, after) => before.difference(after));
    const come = rows((before, after) => after.difference(before));
    if (left.length > 0) await deleteRows(tx, table, key, left);
    if (come.length > 0) await insertRows(tx, table, key, come);
  }
}
