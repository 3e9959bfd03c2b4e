/** Use over time: active people a day by kind of use, holes named; a day opens its usage. */
import type { Answer } from "../api/client.ts";
import { UseChart } from "../components/chart.tsx";
import { Card } from "../components/page-header.tsx";
import { RecruitingDays } from "../components/recruiting-days.tsx";
import { dayOf } from "../format/time.ts";
import { dashboardWords as words } from "../text/dashboard.ts";
import { Within } from "../users/within.tsx";

type Overview = Answer<"overview">;
/** Days shown before the first that was read: where knowledge begins. */
const BEFORE = 7;

export function UseByDay({ overview, connection }: { overview: Overview; connection: string }) {
  const { days, stamp, window } = overview;
  const first = days.findIndex(({ people }) => people !== null);
  const told = days.findIndex(({ recruiting }) => recruiting !== null);
  if (first === -1 && told !== -1) {
    return (
      <Card title={words.recruitingByDay}>
        <RecruitingDays days={days.slice(told).map(({ day, recruiting }) => ({ day, people: recruiting }))} />
        <p className="mt-2 text-sm text-dim">
          {words.noProof} <Within to="/usage">{words.whoDidWhat}</Within>
        </p>
      </Card>
    );
  }
  if (first === -1) {
    return (
      <Card title={words.useByDay}>
        <p>
          {words.noUseYet}{" "}
          <Within to="/integrations/$connection" params={{ connection }}>
            {words.whyUsage}
          </Within>
        </p>
      </Card>
    );
  }
  return (
    <Card title={words.useByDay}>
      <UseChart
        title={words.chartLabel}
        days={days.slice(Math.max(0, first - BEFORE))}
        today={dayOf(stamp.at, window.timeZone)}
        hrefOf={(day) => ({ to: "/usage", search: { from: day, to: day } })}
      />
    </Card>
  );
}
