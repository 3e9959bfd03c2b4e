/**
 * Strangers: who stands as a `user` in the audit log, and no list of users has. Their events bear the id that the log gives, else the
 * address. By this memory they become a user's once exactly one has the address, and their days are counted anew.
 */
import { sql } from "kysely";
import type { RecordOf } from "../../model/records.ts";
import type { RowChange } from "../../model/row-change.ts";
import type { Span } from "../../model/span.ts";
import { addressKey, LONGEST_ADDRESS } from "../../model/text.ts";
import { dataChanged } from "../connections/data-version.ts";
import { deleteRows, given, insertRows, textList } from "../engine/bulk.ts";
import { asId, usersByEmail, usersById } from "../ledger/performers.ts";
import type { Db, Tx } from "../store.ts";
import { addressesOf } from "../users/user-places.ts";
import { zoneOf } from "./recount.ts";
import type { PreparedEvent } from "./roll-up.ts";
import { markToRecount } from "./usage-rules.ts";

const DAY_MS = 86_400_000;

/** Of the events that were just inserted. Days are those of UTC, whatever the connection's zone becomes. */
export async function keepStrangers(
  tx: Tx,
  connection: number,
  events: readonly PreparedEvent[],
): Promise<void> {
  const rows = new Map<string, unknown[]>();
  for (const { record, userId, said, strangeAddress } of events) {
    const performer = userId ?? said;
    if (strangeAddress === null || performer === null) continue;
    if (performer.length > LONGEST_ADDRESS || strangeAddress.length > LONGEST_ADDRESS) continue;
    const day = Math.floor(record.at / DAY_MS);
    rows.set(JSON.stringify([day, performer, strangeAddress]), [connection, day, performer, strangeAddress]);
  }
  const columns = ["connection", "day", "performer", "address"];
  await insertRows(tx, "stranger", columns, [...rows.values()], "do nothing");
}

/** Rows of users were stored: one who bears the very id is a stranger no more, and an address may be of one user alone by now. */
export async function meetUsers(
  tx: Tx,
  connection: number,
  changes: readonly RowChange<RecordOf["users"]>[],
): Promise<void> {
  const records = changes.flatMap(({ before, after }) => [before, after]).filter((each) => each !== null);
  const listed = records.flatMap((user) =>
    addressesOf(user).map((address) => [connection, address, user.id]),
  );
  await deleteRows(tx, "stranger", ["connection", "address", "performer"], listed);
  await meetAddresses(tx, connection, records.flatMap(addressesOf));
  const come = changes.filter(({ before }) => before === null);
  await giveBack(
    tx,
    connection,
    come.flatMap(({ after }) => addressesOf(after!).map((address) => [address, after!.id])),
  );
}

/** What somebody who is new did under their own id was given to whoever had their address: it is theirs. */
async function giveBack(tx: Tx, connection: number, come: readonly string[][]): Promise<void> {
  if (come.length === 0) return;
  const { rows: pairs } = await sql<{ user_id: string; other_id: string }>`
    with come as materialized (select address, user_id from ${given(tx, { address: "text", user_id: "id" }, come)})
    select distinct come.user_id as user_id, u.user_id as other_id from come
      join user_address u on u.connection = ${connection} and u.address = come.address and u.user_id <> come.user_id`.execute(
    tx,
  );
  for (const { user_id, other_id } of pairs) {
    const { rows } = await sql<{ at: number }>`
      update event set user_id = ${user_id}, performer = null
      where connection = ${connection} and user_id = ${other_id} and performer = ${user_id} returning at`.execute(
      tx,
    );
    if (rows.length === 0) continue;
    const times = rows.map(({ at }) => at).sort((a, b) => a - b);
    await watchedFollow(tx, connection, { from: times[0]!, to: times.at(-1)! + 1 });
    const zone = await zoneOf(tx, connection);
    for (const day of new Set(times.map((at) => zone.day(at)))) await markToRecount(tx, connection, day, day);
  }
}

/** Somebody has these addresses now, or no longer. */
export async function meetAddresses(tx: Tx, connection: number, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  await sql`update stranger set due = 1 where connection = ${connection} and due = 0
    and address in ${textList(new Set(addresses.map(addressKey)))}`.execute(tx);
}

export async function hasStrangersToName(db: Db | Tx, connection: number): Promise<boolean> {
  return (await daysToName(db, connection, 1)).length > 0;
}

async function daysToName(db: Db | Tx, connection: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ day: number }>`
    select distinct day from stranger where connection = ${connection} and due = 1 order by day desc limit ${limit}`.execute(
    db,
  );
  return rows.map(({ day }) => day);
}

/**
 * Looks again who the strangers of up to `limit` days are, and marks the days of those who are found. Call it before days are counted.
 * @returns how many days were looked at: 0 when none is left
 */
export async function nameStrangers(tx: Tx, connection: number, limit: number): Promise<number> {
  const days = await daysToName(tx, connection, limit);
  if (days.length === 0) return 0;
  const zone = await zoneOf(tx, connection);
  for (const day of days) {
    const { found, settled } = await whoAre(tx, connection, day);
    if (found.length > 0) {
      const [from, to] = [day * DAY_MS, (day + 1) * DAY_MS];
      await giveEvents(tx, connection, { from, to }, found);
      await markToRecount(tx, connection, zone.day(from), zone.day(to - 1));
    }
    const known = settled.concat(found.map(({ performer }) => performer));
    const rows = known.map((performer) => [connection, day, performer]);
    await deleteRows(tx, "stranger", ["connection", "day", "performer"], rows);
    await sql`update stranger set due = 0 where connection = ${connection} and day = ${day} and due = 1`.execute(
      tx,
    );
  }
  return days.length;
}

interface Found {
  /** As the memory has it. */
  performer: string;
  userId: string;
  /** What the event says from now on, where it doesn't yet; null: nothing, for the log told the address alone. */
  said: string | null;
}

/** `settled`: a user bears the id by now, and so the events already. */
async function whoAre(
  tx: Tx,
  connection: number,
  day: number,
): Promise<{ found: Found[]; settled: string[] }> {
  const { rows } = await sql<{ performer: string; address: string }>`
    select performer, address from stranger where connection = ${connection} and day = ${day}
      and performer in (select performer from stranger where connection = ${connection} and day = ${day} and due = 1)`.execute(
    tx,
  );
  const ids = rows.flatMap(({ performer }) => asId(performer) ?? []);
  const listed = await usersById(tx, connection, new Set(ids));
  const owners = await usersByEmail(tx, connection, new Set(rows.map(({ address }) => address)));
  const found: Found[] = [];
  for (const [performer, each] of Map.groupBy(rows, (row) => row.performer)) {
    if (listed.has(performer)) continue;
    const [userId, another] = new Set(each.flatMap(({ address }) => owners.get(address)?.userId ?? []));
    if (userId === undefined || another !== undefined) continue;
    found.push({
      performer,
      userId,
      said: each.some(({ address }) => address === performer) ? null : performer,
    });
  }
  return { found, settled: [...listed.keys()] };
}

async function giveEvents(tx: Tx, connection: number, span: Span, found: readonly Found[]): Promise<void> {
  const rows = found.map(({ performer, userId, said }) => [performer, userId, said]);
  const columns = { performer: "text", user_id: "id", said: "text" } as const;
  await sql`
    with found as materialized (select performer, user_id, said from ${given(tx, columns, rows)})
    update event as e set user_id = f.user_id,
      performer = case when f.said is not null then coalesce(e.performer, f.said) end
    from found f where f.performer = coalesce(cast(e.user_id as text), e.performer)
      and e.connection = ${connection} and e.at >= ${span.from} and e.at < ${span.to}
      and e.performer_type = (select word from word where text = 'user')`.execute(tx);
  await watchedFollow(tx, connection, span);
}

/** What is kept of events that somebody watches says whose they are, as these do now. */
async function watchedFollow(tx: Tx, connection: number, { from, to }: Span): Promise<void> {
  const { numAffectedRows } = await sql`
    update watched_event as w set user_id = e.user_id, performer = e.performer from event e
    where w.connection = ${connection} and w.at >= ${from} and w.at < ${to}
      and e.connection = w.connection and e.at = w.at and e.hash = w.hash and e.n = w.n
      and e.user_id is distinct from w.user_id`.execute(tx);
  if (numAffectedRows) await dataChanged(tx, connection, "watched");
}

/** With the events of before `since` the strangers of their days go. */
export async function forgetStrangers(tx: Tx, connection: number, since: number): Promise<void> {
  await tx
    .deleteFrom("stranger")
    .where("connection", "=", connection)
    .where("day", "<", Math.floor(since / DAY_MS))
    .execute();
}
