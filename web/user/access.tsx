/** What the user may see, what changed, and how we know. */
import type { ReactNode } from "react";
import { Card } from "../components/page-header.tsx";
import { Badge } from "../components/state.tsx";
import { Time, useZone } from "../components/time.tsx";
import { Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { exact } from "../format/time.ts";
import { userWords as words } from "../text/user.ts";
import { type Grant, nameOf, WORD } from "../text/words.ts";
import { Within } from "../users/within.tsx";
import type { Detail } from "./head.tsx";

const GRANTS_SHOWN = 25;

export function Grants({ user }: { user: Detail }) {
  const { grants, grantList, status } = user;
  if (grants === "all jobs") {
    return (
      <Card title={words.grants}>
        <p>{status === "active" ? words.allJobs : words.hadAllJobs}</p>
        {grantList.length > 0 && <GrantTable user={user} />}
      </Card>
    );
  }
  const isUnknown = grants.jobs === null || grants.futureJobs === null;
  const total = (grants.jobs ?? 0) + (grants.futureJobs ?? 0);
  return (
    <Card
      title={words.grants}
      aside={
        total > 0 && (
          <Within to="/grants" search={{ user: user.id }}>
            {words.allGrants(number(total), total === 1)}
          </Within>
        )
      }
      flush={grantList.length > 0}
    >
      {isUnknown && (
        <p className="px-4 py-2">
          <Unknown why={words.grantsUnknown} />
        </p>
      )}
      {grantList.length > 0 ? <GrantTable user={user} /> : !isUnknown && <p>{words.noGrants}</p>}
    </Card>
  );
}

function on(grant: Grant): string {
  if (grant.kind === "site_admin") return words.everyJob;
  if (grant.kind === "job") return grant.job ? nameOf(grant.job, words.job) : words.notTold;
  const part = (each: Grant["department"], what: string, every: string) =>
    each === null || each === "every" ? every : nameOf(each, what);
  return words.everyFutureJob(
    [
      part(grant.department, words.department, words.everyDepartment),
      part(grant.office, words.office, words.everyOffice),
    ].join(", "),
  );
}

function JobState({ job }: Grant) {
  if (!job) return null;
  const text = [job.status ?? words.notTold.toLowerCase(), job.confidential ? words.confidential : ""]
    .filter(Boolean)
    .join(", ");
  return job.status === "closed" ? <Badge tone="look">{text}</Badge> : text;
}

function Since({ grant: { since, seenSince } }: { grant: Grant }) {
  if (since) return <Time at={since} as="date" />;
  if (!seenSince) return <span className="text-idle">{words.notTold}</span>;
  return (
    <>
      {words.seenSince} <Time at={seenSince} as="date" />
    </>
  );
}

function GrantTable({ user }: { user: Detail }) {
  const shown = user.grantList.slice(0, GRANTS_SHOWN);
  return (
    <>
      <Rows
        label={words.grants}
        heads={[words.column.role, words.column.on, words.column.job, words.column.made, words.column.since]}
        rows={shown.map((grant, i) => ({
          // Of two lists: an id may be in both.
          key: `${grant.kind} ${grant.id ?? i}`,
          cells: [
            grant.role ? nameOf(grant.role, words.role) : words.notTold,
            on(grant),
            <JobState key="job" {...grant} />,
            WORD.made[grant.made],
            <Since key="since" grant={grant} />,
          ],
        }))}
      />
      {user.grantList.length > shown.length && (
        <p className="px-4 py-2 text-dim">
          {words.firstOf(number(shown.length))}{" "}
          <Within to="/grants" search={{ user: user.id }}>
            {words.openAll}
          </Within>
        </p>
      )}
    </>
  );
}

/** A small table; on a phone each row is a card of two lines. */
function Rows({
  label,
  heads,
  rows,
}: {
  label: string;
  heads: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}) {
  return (
    <table className="w-full max-sm:block">
      <caption className="sr-only">{label}</caption>
      <thead className="max-sm:sr-only">
        <tr className="border-b text-left text-sm text-dim">
          {heads.map((head) => (
            <th key={head} scope="col" className="px-4 py-1.5 font-medium">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map(({ key, cells }) => (
          <tr
            key={key}
            className="border-b align-top last:border-b-0 max-sm:flex max-sm:flex-wrap max-sm:gap-x-3 max-sm:px-4 max-sm:py-2"
          >
            {cells.map((cell, i) => (
              <td
                key={heads[i]}
                className={`sm:px-4 sm:py-2 ${i === 0 ? "font-medium" : i > 1 ? "text-dim max-sm:text-sm" : ""} ${i === 1 ? "max-sm:w-full max-sm:order-first" : ""}`}
              >
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const CHANGES_SHOWN = 20;

export function Changes({ user }: { user: Detail }) {
  const timeZone = useZone();
  const between = ({ from, to }: Detail["changes"][number]["between"]) =>
    from === null
      ? words.seenAt(exact(to, { timeZone }))
      : words.between(exact(from, { timeZone }), exact(to, { timeZone }));
  return (
    <Card
      title={words.changes}
      flush={user.changes.length > 0}
      aside={
        user.changes.length > 0 && (
          <Within to="/changes" search={{ user: user.id }}>
            {words.allChanges}
          </Within>
        )
      }
    >
      {user.changes.length === 0 ? (
        <p>{words.noChanges}</p>
      ) : (
        <Rows
          label={words.changes}
          heads={[words.changeColumn.seen, words.changeColumn.what, words.changeColumn.by]}
          rows={user.changes.slice(0, CHANGES_SHOWN).map((change) => ({
            key: change.id,
            cells: [
              <span key="at" title={between(change.between)} className="font-normal">
                {change.happenedAt ? (
                  <Time at={change.happenedAt} />
                ) : (
                  <>
                    {words.seen} <Time at={change.between.to} />
                  </>
                )}
              </span>,
              change.what,
              change.by === null ? words.byNotTold : words.by(change.by),
            ],
          }))}
        />
      )}
    </Card>
  );
}

export function HowWeKnow({ user: { stamp, firstSeenAt } }: { user: Detail }) {
  const read = stamp.coverage.at(-1);
  return (
    <Card title={words.howWeKnow}>
      <p className="flex flex-wrap gap-x-1.5">
        {words.usersListed} {stamp.listing ? <Time at={stamp.listing.completedAt} /> : words.never} ·{" "}
        {words.grantsListed}{" "}
        {stamp.grantsListing ? <Time at={stamp.grantsListing.completedAt} /> : words.never} ·{" "}
        {words.usageSince} {read ? <Time at={read.from} as="date" /> : words.never}
        {stamp.holes.length > 0 && ` (${words.holes(stamp.holes.length)})`} · {words.firstSeen}{" "}
        <Time at={firstSeenAt} />
      </p>
      <p className="mt-2 text-dim">{stamp.sentence}</p>
    </Card>
  );
}
