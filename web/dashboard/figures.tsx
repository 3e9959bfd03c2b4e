/** People with access, their use, licenses, changes: the numbers of the dashboard. */
import type { ReactNode } from "react";
import type { Answer } from "../api/client.ts";
import { CountLink } from "../components/count-link.tsx";
import { Card, Facts } from "../components/page-header.tsx";
import { Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { date, day } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { dashboardWords as words } from "../text/dashboard.ts";
import { WORD } from "../text/words.ts";
import { Within } from "../users/within.tsx";

type Overview = Answer<"overview">;

const PEOPLE = { status: "active", serviceAccounts: "exclude" };
/** License states that are surely free; who is unknown may be. */
const FREED = ["unused", "never_used", "held_by_deactivated"];
const RECRUITING = ["scorecard", "interview", "scheduling", "reply", "approval", "rejection"];
const WEEK_MS = 7 * 86_400_000;

export function People({ people }: Pick<Overview, "people">) {
  const levels = (["site_admin", "job_admin", "basic", "unknown"] as const).filter(
    (level) => level !== "unknown" || people.byLevel.unknown > 0,
  );
  const line = (label: string, count: number, search: Record<string, string>) => ({
    label,
    value: <CountLink count={count} label={label} to="/users" search={search} />,
  });
  // Without readable grants nobody can be told to be a Job Admin, nor not to be one.
  const untold = people.byLevel.unknown > 0 && people.byLevel.job_admin + people.byLevel.basic === 0;
  return (
    <Card title={words.peopleWithAccess}>
      <Facts
        items={[
          { ...line(words.activePeople, people.active, PEOPLE), main: true },
          ...levels.map((level) => ({
            ...(untold && (level === "job_admin" || level === "basic")
              ? { label: WORD.level[level], value: <Unknown why={TEXT.levelUnknown} /> }
              : line(WORD.level[level], people.byLevel[level], { ...PEOPLE, level })),
            indent: true,
          })),
          line(words.deactivated, people.deactivated, { status: "deactivated", serviceAccounts: "exclude" }),
          line(words.missing, people.missing, { status: "missing", serviceAccounts: "exclude" }),
          line(words.serviceAccounts, people.serviceAccounts, { status: "active", serviceAccounts: "only" }),
        ]}
      />
    </Card>
  );
}

/** The window in words: its days, and how many of them were read. */
export function windowText({ from, to, days, coveredDays }: Overview["window"]): string {
  const covered = coveredDays === days ? words.allCovered : words.partlyCovered(coveredDays, days);
  return words.window(day(from), day(to), covered);
}

export function Use({
  use,
  window,
  licenses,
  recruiting,
}: Pick<Overview, "use" | "window" | "licenses" | "recruiting">) {
  // Where no day was read, nothing was looked at: no number, not even 0.
  const unread = window.coveredDays === 0 && use.inUse + use.unused + use.neverUsed === 0;
  // Recruiting activity shows who came, and never who did not.
  const unproven = window.coveredDays === 0 && use.unused + use.neverUsed === 0;
  const line = (label: string, count: number, search: Record<string, string>, look?: string) => ({
    label: look && !unread ? <KeyOf look={look}>{label}</KeyOf> : label,
    value:
      (unread || (unproven && search.use !== "in_use")) && search.use !== "unknown" ? (
        <Unknown why={unread ? words.useUnknown : words.notProven} />
      ) : (
        <CountLink count={count} of={use.of} label={label} to="/users" search={{ ...PEOPLE, ...search }} />
      ),
  });
  const since = use.neverUsedSince;
  return (
    <Card title={words.lastDays(window.days)} aside={windowText(window)}>
      {!unread && <UseBar use={use} />}
      <Facts
        items={[
          {
            ...line(words.inUse, use.inUse, { use: "in_use" }, "bg-kind-1"),
            note: recruiting && recruiting.inUse > 0 && (
              <Within to="/users" search={{ ...PEOPLE, use: "in_use", lastUsedBy: RECRUITING.join(",") }}>
                {words.byRecruiting(number(recruiting.inUse))}
              </Within>
            ),
          },
          line(words.unused, use.unused, { use: "unused" }, "bg-kind-2"),
          line(
            since === null
              ? words.neverUsed
              : words.neverUsedSince(date(since, { timeZone: window.timeZone })),
            use.neverUsed,
            { use: "never_used" },
            "bg-kind-3",
          ),
          {
            ...line(words.unknown, use.unknown, { use: "unknown" }, "hatched border border-edge"),
            note: use.unknownReason,
          },
          use.newlyUnused === null
            ? { label: words.newlyUnused, value: <Unknown why={words.newlyUnusedUnknown} /> }
            : line(words.newlyUnused, use.newlyUnused, { newlyUnused: "true" }),
        ]}
      />
      <Licenses {...licenses} />
    </Card>
  );
}

/** The lines below it as one bar, for the eye alone; what is unknown is hatched. */
function UseBar({ use }: Pick<Overview, "use">) {
  const parts = [
    ["bg-kind-1", use.inUse],
    ["bg-kind-2", use.unused],
    ["bg-kind-3", use.neverUsed],
    ["hatched border border-edge", use.unknown],
  ] as const;
  return (
    <div aria-hidden className="mb-2 flex h-3 gap-px overflow-hidden rounded">
      {parts.map(
        ([look, people]) =>
          people > 0 && <span key={look} className={look} style={{ flexGrow: people, flexBasis: 3 }} />,
      )}
    </div>
  );
}

/** A line with the look of its part of the bar. */
function KeyOf({ look, children }: { look: string; children: ReactNode }) {
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className={`size-2.5 shrink-0 rounded-sm ${look}`} />
      {children}
    </span>
  );
}

function Licenses({ sentence, assigned, couldBeFreed: { low, high } }: Overview["licenses"]) {
  return (
    <div className="mt-2 border-t pt-3">
      <h3 className="eyebrow">
        <Within to="/licenses" className="eyebrow hover:underline">
          {words.licenses}
        </Within>
      </h3>
      <p className="mt-1 text-sm text-dim">{sentence}</p>
      <p className="mt-1.5 flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="font-medium">{words.couldBeFreed}</span>
        <span className="text-lg [&_a]:font-semibold">
          <CountLink count={low} label={words.surelyFree} to="/users" search={{ license: FREED.join(",") }} />
          {high > low && (
            <>
              {` ${words.to} `}
              <CountLink
                count={high}
                label={words.perhapsFree}
                to="/users"
                search={{ license: [...FREED, "unknown"].join(",") }}
              />
            </>
          )}
          <span className="text-base font-normal text-dim"> {words.licensesOf(number(assigned))}</span>
        </span>
      </p>
    </div>
  );
}

const CHANGES = {
  usersAdded: { stream: "users", kind: "added" },
  deactivated: { kind: "deactivated" },
  levelChanged: { kind: "level" },
  grantsAdded: { stream: "job_grants,future_job_grants", kind: "added,returned" },
  grantsRemoved: { stream: "job_grants,future_job_grants", kind: "removed" },
} as const;
/** Told by listings of grants, and by nothing else. */
const GRANTS = new Set<string>(["levelChanged", "grantsAdded", "grantsRemoved"]);

export function Changes({ changes7Days: changes, stamp }: Pick<Overview, "changes7Days" | "stamp">) {
  const from = new Date(Date.parse(stamp.at) - WEEK_MS).toISOString();
  if (changes === null) {
    return (
      <Card title={words.changes}>
        <Unknown why={words.changesUnknown} />
      </Card>
    );
  }
  return (
    <Card title={words.changes}>
      <Facts
        items={(Object.keys(CHANGES) as (keyof typeof CHANGES)[]).map((name) => ({
          label: words.changeCounts[name],
          value:
            GRANTS.has(name) && stamp.grantsListing === null ? (
              <Unknown why={words.grantChangesUnknown} />
            ) : (
              <CountLink
                count={changes[name]}
                label={words.changeCount(words.changeCounts[name])}
                to="/changes"
                search={{ ...CHANGES[name], from }}
              />
            ),
        }))}
      />
    </Card>
  );
}
