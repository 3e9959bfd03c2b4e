/** Grants that can't be read, of which it is known who holds them: somebody who holds any is not Basic (levels.ts). */
import { type RawBuilder, sql } from "kysely";
import type { HeldBy } from "../../connectors/connector.ts";
import type { GrantStream } from "../../model/stream.ts";
import { insertRows } from "../engine/bulk.ts";
import type { Tx } from "../store.ts";

export async function keepUnreadGrants(
  tx: Tx,
  { connection, stream, now }: { connection: number; stream: GrantStream; now: number },
  grants: readonly HeldBy[],
): Promise<void> {
  await insertRows(
    tx,
    "unread_grant",
    ["connection", "stream", "grant_id", "user_id", "seen_at"],
    grants.map(({ id, userId }) => [connection, stream, id, userId, now]),
    "(connection, stream, grant_id) do update set user_id = excluded.user_id, seen_at = excluded.seen_at",
  );
}

/** At the end of a complete listing: those that it didn't tell of have gone, or can be read. */
export async function forgetUnreadGrants(
  tx: Tx,
  { connection, stream, startedAt }: { connection: number; stream: GrantStream; startedAt: number },
): Promise<void> {
  await tx
    .deleteFrom("unread_grant")
    .where("connection", "=", connection)
    .where("stream", "=", stream)
    .where("seen_at", "<", startedAt)
    .execute();
}

/** Of a "user": do they hold such a grant? */
export const holdsUnreadGrant: RawBuilder<unknown> = sql`exists (select 1 from unread_grant g
  where g.connection = "user".connection and g.user_id = "user".user_id)`;
