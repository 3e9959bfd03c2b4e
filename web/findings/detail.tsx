/** One finding, whole: what to do, the rows it rests on, and what was decided. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { asked } from "../api/query.ts";
import { DetailList, type DetailRow } from "../components/detail-list.tsx";
import { useReader } from "../components/reader.tsx";
import { useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { Dialog } from "../components/ui/dialog.tsx";
import { date } from "../format/time.ts";
import { useView } from "../search.ts";
import { TEXT } from "../text/console.ts";
import { type Finding, findingWords } from "../text/findings.ts";
import { userName } from "../text/words.ts";
import { SeverityCell } from "./cells.tsx";
import { Decide } from "./decide.tsx";
import { mayChange } from "./view.ts";

const words = findingWords.detail;

/** Open while the address names a finding. */
export function FindingDetail({ c, id }: { c: string; id: string }) {
  const [, change] = useView();
  const mayDecide = useReader().may("operator");
  const { data, error } = useQuery({
    ...asked("getFinding", { params: { c, finding: id } }),
    placeholderData: undefined,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && change({ finding: undefined })}
      title={data?.label ?? findingWords.title}
      foot={
        data?.rowsAt && (
          <Button asChild>
            <Link to={`/${data.rowsAt.list}`} search={{ c, ...data.rowsAt.filter }}>
              {words.all}
            </Link>
          </Button>
        )
      }
    >
      {error ? (
        <p role="alert">
          {"code" in error && error.code === "finding_not_found" ? findingWords.notFound : error.message}
        </p>
      ) : data ? (
        <div className="grid gap-4">
          <p>{data.text}</p>
          <Facts c={c} finding={data} />
          {mayDecide && mayChange(data) && <Decide c={c} finding={data} />}
          <Evidence c={c} finding={data} />
        </div>
      ) : (
        <p role="status" className="text-dim">
          {TEXT.loading}
        </p>
      )}
    </Dialog>
  );
}

function Facts({ c, finding }: { c: string; finding: Finding }) {
  const timeZone = useZone();
  const day = (at: string) => date(at, { timeZone });
  const { user, accepted, state, stateAt, by, returned, fixedRun } = finding;
  const since = words.since(findingWords.states[state], day(stateAt), by);
  const rows: DetailRow[] = [
    [words.what, finding.remedy],
    [findingWords.columns.severity, <SeverityCell key="severity" finding={finding} />],
    [words.state, fixedRun === null ? since : `${since}, ${words.fixedRun(fixedRun)}`],
    ...(accepted ? [[words.reason, accepted.reason] as const] : []),
    ...(returned > 0 ? [[words.returned, words.times(returned)] as const] : []),
    [words.owner, finding.owner?.name ?? findingWords.nobody],
    ...(user
      ? [
          [
            words.person,
            <Link key="user" to="/users/$user" params={{ user: user.id }} search={{ c }} className="link">
              {userName(user)}
            </Link>,
          ] as const,
        ]
      : []),
    [words.seen, words.seenText(day(finding.firstSeenAt), day(finding.lastSeenAt))],
    [words.restsOn, finding.coverage],
  ];
  return <DetailList rows={rows} />;
}

function Evidence({ c, finding: { evidence, rows } }: { c: string; finding: Finding }) {
  const timeZone = useZone();
  return (
    <section>
      <h3 className="mb-1">{words.evidence}</h3>
      <ul className="grid gap-1 border-y py-2">
        {evidence.map(({ text, userId, at }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own, and never move
          <li key={index} className="flex justify-between gap-4">
            <span className="min-w-0 break-words">
              {userId ? (
                <Link to="/users/$user" params={{ user: userId }} search={{ c }} className="link">
                  {text}
                </Link>
              ) : (
                text
              )}
            </span>
            {at && <span className="shrink-0 text-dim">{date(at, { timeZone })}</span>}
          </li>
        ))}
      </ul>
      {rows > evidence.length && <p className="mt-1 text-sm text-dim">{words.more(evidence.length, rows)}</p>}
    </section>
  );
}
