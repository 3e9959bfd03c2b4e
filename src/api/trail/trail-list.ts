/** The audit trail as a list and as a file: the handlers of contract/trail.ts. */
import { Readable } from "node:stream";
import { cursorOf, placeOf } from "../../insights/cursor.ts";
import { InvalidCursor } from "../../insights/errors.ts";
import { countTrail, listTrail, type TrailRow, trailEnds } from "../../store/members/trail.ts";
import { isSample } from "../../store/upkeep/sample.ts";
import { TRAIL_CSV, type TrailStamp, type TrailView } from "../contract/trail.ts";
import { jsonOf, zipOf } from "../exports/export-file.ts";
import { exporter, timesIn, trailStampText } from "../exports/export-stamp.ts";
import { type Handlers, iso, isoOrNull } from "../handler.ts";

const LIST = "trail";
/** Each page is one short read: the store is never held for the whole of an export. */
const ROWS_AT_ONCE = 500;

export const trailHandlers: Pick<Handlers, "listTrail" | "exportTrail"> = {
  async listTrail({ query }, { db }) {
    const { limit, cursor, ...filter } = query;
    const place = placeOf(LIST, cursor, 1);
    if (place && typeof place[0] !== "number") throw new InvalidCursor();
    const before = place ? (place[0] as number) : null;
    const [rows, total, ends] = await Promise.all([
      listTrail(db, { ...filter, before, limit: limit + 1 }),
      place ? null : countTrail(db, filter),
      trailEnds(db),
    ]);
    const page = rows.slice(0, limit);
    return {
      items: page.map(trailView),
      nextCursor: rows.length > limit ? cursorOf(LIST, [page.at(-1)!.id]) : null,
      total,
      since: isoOrNull(ends?.since),
    };
  },

  async exportTrail({ query }, asking) {
    const { db, signal, who, version, trail, now } = asking;
    const { format, ...filter } = query;
    const startedAt = now();
    const [ends, of, sample] = await Promise.all([trailEnds(db), countTrail(db, {}), isSample(db)]);
    async function* pages(): AsyncGenerator<readonly TrailView[], void, void> {
      // Rows that come meanwhile, this export's own among them, are not in it.
      let before = (ends?.last ?? 0) + 1;
      for (;;) {
        const rows = await listTrail(db, { ...filter, before, limit: ROWS_AT_ONCE });
        yield rows.map(trailView);
        if (rows.length < ROWS_AT_ONCE || signal.aborted) break;
        before = rows.at(-1)!.id;
      }
      signal.throwIfAborted();
    }
    const file = `${LIST}.${format}`;
    const stamp = async ({ rows, sha256 }: { rows: number; sha256: string }) => {
      const json: TrailStamp = {
        list: LIST,
        filter: timesIn(filter),
        sort: "time, newest first",
        columns: TRAIL_CSV.map(({ name }) => name),
        rows,
        of,
        since: isoOrNull(ends?.since),
        member: exporter(who),
        version,
        startedAt: iso(startedAt),
        endedAt: iso(now()),
        file,
        sha256,
        sample,
      };
      trail.details = { list: LIST, filter: JSON.stringify(json.filter), rows, file, sha256 };
      return { json, text: trailStampText(json) };
    };
    const source = { name: LIST, columns: TRAIL_CSV, pages: pages(), stamp, at: new Date(startedAt), signal };
    const name = `glasshouse-audit-trail-${iso(startedAt).slice(0, 16).replace(/[-:]/g, "")}Z`;
    if (format === "json") {
      const body = Readable.from(jsonOf(source), { objectMode: false });
      return { name: `${name}.json`, type: "application/json; charset=utf-8", body };
    }
    return { name: `${name}.zip`, type: "application/zip", body: zipOf(source) };
  },
};

function trailView(row: TrailRow): TrailView {
  const { id, at, by, name, member, token, ip, action, target, connection, connectionName, result, details } =
    row;
  return {
    id,
    at: iso(at),
    by,
    name,
    member,
    token,
    ip,
    action,
    target,
    connection: connection === null ? null : { id: connection, name: connectionName },
    result,
    details,
  };
}
