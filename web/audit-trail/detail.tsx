/** One row, whole: the raw names beside the words, and the hash of an export to compare. */
import { Link } from "@tanstack/react-router";
import { CopyButton } from "../components/copy-button.tsx";
import { DetailList, type DetailRow } from "../components/detail-list.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { exact } from "../format/time.ts";
import { trailWords } from "../text/audit-trail.ts";
import { actionOf, detailsOf, namedIn, noFilter, resultOf, type TrailRow, whoOf } from "./view.ts";

const words = trailWords.detail;

export function TrailDetail({ row, onClose }: { row: TrailRow; onClose: () => void }) {
  const timeZone = useZone();
  const { connection, details } = row;
  const hash = details?.sha256;
  const facts: DetailRow[] = [
    [words.at, exact(row.at, { timeZone })],
    [words.who, row.by in trailWords.who ? whoOf(row).who : row.name],
    [words.from, row.ip ?? trailWords.noAddress],
    [words.action, row.action],
    ...(connection && namedIn(row) === null
      ? []
      : [[words.target, namedIn(row) ?? trailWords.noTarget] as const]),
    ...(connection
      ? [[words.connection, connection.name ?? trailWords.connectionGone(connection.id)] as const]
      : []),
    [words.result, resultOf(row.result)],
    [words.code, row.result],
    ...detailsOf(row),
    [words.id, row.id],
  ];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={actionOf(row.action)}
      foot={
        <>
          {typeof hash === "string" && <CopyButton text={hash} label={words.copyHash} small={false} />}
          <Button asChild>
            <Link to="/audit-trail" search={{ ...noFilter, action: row.action }} onClick={onClose}>
              {words.same}
            </Link>
          </Button>
        </>
      }
    >
      <DetailList rows={facts} />
    </Dialog>
  );
}
