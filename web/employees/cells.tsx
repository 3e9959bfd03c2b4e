/** How leaving, use after it, the match and the removal read. */
import { EMPLOYEE_STATE_WORD, employeeName } from "../../src/model/words.ts";
import { Badge } from "../components/state.tsx";
import { Day, Time, useZone } from "../components/time.tsx";
import { Popover } from "../components/ui/popover.tsx";
import { Gray, None, NotGiven, Unknown } from "../components/unknown.tsx";
import { number } from "../format/number.ts";
import { date, day as dayText, exact } from "../format/time.ts";
import { TEXT } from "../text/console.ts";
import { employeeWords as words } from "../text/employees.ts";
import { userName, WORD } from "../text/words.ts";
import { Within } from "../users/within.tsx";
import { daysText, type Employee, type EmployeeRow } from "./view.ts";

type Of<K extends keyof EmployeeRow> = { row: Pick<EmployeeRow, K> };

export function UserLink({ row: { user } }: Of<"user">) {
  if (!user) return <None />;
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <Within to="/users/$user" params={{ user: user.id }} className="link truncate font-medium">
        {userName(user)}
      </Within>
      {user.status === "missing" && <Gray>{words.isMissing}</Gray>}
    </span>
  );
}

export function State({ employee }: { employee: Employee }) {
  const { state } = employee;
  const word = EMPLOYEE_STATE_WORD[state];
  if (state === "left") return <Badge tone="idle">{word}</Badge>;
  return <>{word}</>;
}

export function LeftOn({ employee }: { employee: Employee | null }) {
  const timeZone = useZone();
  if (!employee?.leave) return <NotGiven />;
  const { date: day, toldAt } = employee.leave;
  if (day) return <Day day={day} />;
  return (
    <Unknown why={words.leftNotGiven(toldAt ? exact(toldAt, { timeZone }) : "")}>{TEXT.notGiven}</Unknown>
  );
}

export function UsedAfter({ row: { stillActive } }: Of<"stillActive">) {
  const timeZone = useZone();
  if (!stillActive) return null;
  const { days, lastAt, lastBy, period } = stillActive.used;
  const read = period && (
    <>
      <p>
        {words.usedPeriod(
          dayText(period.from),
          dayText(period.to),
          number(period.coveredDays),
          number(period.days),
        )}
      </p>
      <p className="mt-1 text-dim">{words.usedSourceNote}</p>
    </>
  );
  if (days === null)
    return (
      <Unknown
        why={
          <>
            <p>{words.usedUnknown}</p>
            {read}
          </>
        }
      />
    );
  return (
    <Popover
      className="max-w-80"
      trigger={
        <button type="button" className="truncate underline decoration-dotted underline-offset-3">
          {days === 0 ? (
            words.noUse
          ) : (
            <span className="font-medium text-look">
              {days === 1 ? words.daysOne : words.daysMany(number(days))}
              {lastAt && `, ${words.last} ${date(lastAt, { timeZone })}`}
              {lastBy && ` · ${WORD.source[lastBy]}`}
            </span>
          )}
        </button>
      }
    >
      {read}
    </Popover>
  );
}

export function Why({ row: { match } }: Of<"match">) {
  return match ? <span title={match.reason}>{match.reason}</span> : <None />;
}

export function MayBe({ row: { candidates } }: Of<"candidates">) {
  const text = candidates
    .map(({ employee, match }) => {
      const left = employee.state === "left" ? `, ${words.hasLeft}` : "";
      return `${employeeName(employee)} (${match.reason}${left})`;
    })
    .join(", ");
  const doubt = candidates[0]?.match.doubt;
  return (
    <span title={`${text}. ${doubt ?? ""}`}>
      {text} <span className="text-dim">· {doubt}</span>
    </span>
  );
}

export function Ended({ row: { removal } }: Of<"removal">) {
  const timeZone = useZone();
  if (!removal?.by) return <Unknown why={words.beforeFirstWhy}>{words.beforeFirst}</Unknown>;
  const { after, by } = removal;
  const told =
    after === by || after === null
      ? words.byEvent(exact(by, { timeZone }))
      : words.between(exact(after, { timeZone }), exact(by, { timeZone }));
  return (
    <Popover
      className="max-w-80"
      trigger={
        <button type="button" className="underline decoration-dotted underline-offset-3">
          {date(by, { timeZone })}
        </button>
      }
    >
      {told}
    </Popover>
  );
}

export function Took({ row: { removal } }: Of<"removal">) {
  if (!removal || removal.days === null)
    return <Unknown why={words.notMeasuredWhy}>{words.notMeasured}</Unknown>;
  return <>{removal.days === 0 ? words.inTime : daysText(removal.days)}</>;
}

export function Users({ row: { users } }: Of<"users">) {
  if (users.length === 0) return <None />;
  return (
    <span className="flex gap-1.5 truncate">
      {users.map((user) => (
        <span key={user.id} title={user.match.reason} className="flex min-w-0 items-baseline gap-1">
          <Within to="/users/$user" params={{ user: user.id }} className="link truncate">
            {userName(user)}
          </Within>
          {!user.match.settled && <Gray>{words.inDoubt}</Gray>}
        </span>
      ))}
    </span>
  );
}

export function Back({ employee }: { employee: Employee }) {
  return employee.cameBack ? <Time at={employee.cameBack.at} as="date" /> : words.asUser;
}

export function HadLeft({ employee }: { employee: Employee }) {
  const day = employee.cameBack ? employee.cameBack.leftBefore : employee.leave?.date;
  return day ? <Day day={day} /> : <NotGiven />;
}
