/** What needs you, and the strongest: Site Admins with their last use. */
import { Flag, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { Card, Facts } from "../components/page-header.tsx";
import { number } from "../format/number.ts";
import { causeOf, streamOf } from "../integrations/troubles.ts";
import { dashboardWords as words } from "../text/dashboard.ts";
import { type Connection, userName, WORD } from "../text/words.ts";
import { LastUsed } from "../users/cells.tsx";
import { viewOf } from "../users/filter.ts";
import { Within } from "../users/within.tsx";

type Overview = Answer<"overview">;
type Leaver = NonNullable<Overview["leftButActive"]>["items"][number];
const SHOWN = 3;

export function NeedsYou({
  needsYou,
  findings: { high, medium, low },
  connection,
}: Pick<Overview, "needsYou" | "findings"> & { connection: Connection }) {
  const [all, setAll] = useState(false);
  const lines = once(needsYou.map((need) => ({ ...need, text: lineOf(need, connection) })));
  const hidden = all || lines.length === SHOWN + 1 ? 0 : Math.max(0, lines.length - SHOWN);
  const shown = lines.slice(0, lines.length - hidden);
  return (
    <Card title={words.needsYou}>
      {lines.length === 0 && <p>{words.nothing}</p>}
      <ul className="flex flex-wrap gap-x-8 gap-y-2">
        {shown.map(({ code, stream, text, filter }) => (
          <li key={`${code} ${stream ?? ""}`} className="flex items-start gap-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-look" />
            {code === "left_but_active" ? (
              <Within to="/employees">{text}</Within>
            ) : code === "actions_to_approve" ? (
              <Within to="/actions">{text}</Within>
            ) : filter ? (
              <Within to="/users" search={viewOf(filter)}>
                {text}
              </Within>
            ) : (
              <Within to="/integrations/$connection" params={{ connection: String(connection.id) }}>
                {text}
              </Within>
            )}
          </li>
        ))}
        {(all || hidden > 0) && (
          <li>
            <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? words.showFewer : words.more(number(hidden))}
            </button>
          </li>
        )}
        {high + medium + low > 0 && (
          <li className="flex items-start gap-2">
            <Flag aria-hidden className="mt-0.5 size-4 shrink-0 text-dim" />
            <Within to="/findings">{words.findings(high + medium + low, high)}</Within>
          </li>
        )}
      </ul>
    </Card>
  );
}

/** Of what stopped, the cause alone. */
function lineOf({ stream, text }: Overview["needsYou"][number], connection: Connection): string {
  if (stream === null) return text;
  return causeOf({ text, facts: streamOf(connection, stream)?.facts ?? {} })!;
}

/** One line a cause: a bad admin user is one thing to mend, whatever number of streams it stops. */
function once(needsYou: Overview["needsYou"]): Overview["needsYou"] {
  const told = new Set<string>();
  return needsYou.filter(({ code, text }) => {
    const line = `${code} ${text}`;
    return !told.has(line) && told.add(line);
  });
}

/** As many as stand beside the other numbers; the list has all. */
const ADMINS_SHOWN = 5;
const ADMINS = { status: "active", serviceAccounts: "exclude", level: "site_admin" };

export function SiteAdmins({ siteAdmins: { total, items } }: Pick<Overview, "siteAdmins">) {
  const shown = items.slice(0, ADMINS_SHOWN);
  return (
    <Card title={words.siteAdmins}>
      {items.length === 0 && <p>{words.noSiteAdmin}</p>}
      <Facts
        items={shown.map((person) => ({
          label: (
            <Within to="/users/$user" params={{ user: person.id }}>
              {userName(person)}
            </Within>
          ),
          value: (
            <span className="flex items-center gap-1.5">
              <LastUsed user={person} />
              {["unused", "never_used"].includes(person.usage.state) && (
                <TriangleAlert aria-label={words.withoutUse} className="size-4 shrink-0 text-look" />
              )}
            </span>
          ),
        }))}
      />
      {total > shown.length && (
        <p className="mt-2">
          <Within to="/users" search={ADMINS}>
            {words.all(number(total))}
          </Within>
        </p>
      )}
    </Card>
  );
}

function noteOf({ missing, level, grants, daysUsed }: Leaver): string {
  const held = grants === "all jobs" ? 0 : (grants.jobs ?? 0) + (grants.futureJobs ?? 0);
  const access = [
    level === "unknown" ? words.levelUnknown : WORD.level[level],
    ...(level !== "unknown" && held > 0 ? [words.grants(held)] : []),
  ].join(", ");
  const used =
    daysUsed === null ? words.usedUnknown : daysUsed > 0 ? words.usedAfter(number(daysUsed)) : null;
  return [missing && words.leaverMissing, access, used].filter(Boolean).join("; ");
}

/** Who has left and may still sign in, the longest ago first: nothing on this page is more urgent. */
export function LeftButActive({
  leftButActive: { total, items },
}: {
  leftButActive: NonNullable<Overview["leftButActive"]>;
}) {
  return (
    <Card title={words.leftButActive}>
      {total === 0 && <p>{words.nobodyLeft}</p>}
      <Facts
        items={items.map((person) => ({
          label: (
            <Within to="/users/$user" params={{ user: person.id }}>
              {userName(person)}
            </Within>
          ),
          note: noteOf(person),
          value: person.leftOn === null ? words.leftNotGiven : words.leftDays(number(person.daysSince)),
        }))}
      />
      {total > items.length && (
        <p className="mt-2">
          <Within to="/employees">{words.all(number(total))}</Within>
        </p>
      )}
    </Card>
  );
}
