/** Who the user is by the directory of employees, and why. */
import { useState } from "react";
import { EMPLOYEE_STATE_WORD, employeeName } from "../../src/model/words.ts";
import { Card, Facts } from "../components/page-header.tsx";
import { useReader } from "../components/reader.tsx";
import { Badge } from "../components/state.tsx";
import { Day, useZone } from "../components/time.tsx";
import { Button } from "../components/ui/button.tsx";
import { NotGiven } from "../components/unknown.tsx";
import { LeftOn } from "../employees/cells.tsx";
import { LinkDialog } from "../employees/link.tsx";
import type { Employee } from "../employees/view.ts";
import { date } from "../format/time.ts";
import { employeeWords as words } from "../text/employees.ts";
import { Text } from "../users/cells.tsx";
import type { Detail } from "./head.tsx";

export function WhoTheyAre({ user }: { user: Detail }) {
  const reader = useReader();
  const [linking, setLinking] = useState(false);
  const timeZone = useZone();
  if (!user.employee) return null;
  const { employee, match, candidates, nobody } = user.employee;
  const stillActive = employee?.state === "left" && user.status !== "deactivated";
  return (
    <Card
      title={words.who}
      aside={
        reader.may("operator") && (
          <span className="screen-only">
            <Button small onClick={() => setLinking(true)}>
              {employee || nobody ? words.change : words.decide}
            </Button>
          </span>
        )
      }
    >
      {employee && match && (
        <>
          {stillActive && (
            <p className="mb-1">
              <Badge tone="look">{words.whoLeft}</Badge>
            </p>
          )}
          <Facts items={factsOf(employee, match.reason)} />
        </>
      )}
      {!employee && candidates.length > 0 && (
        <>
          <p>{words.whoDoubt}</p>
          <ul className="list-disc pl-5">
            {candidates.map((each) => (
              <li key={each.employee.id}>
                {employeeName(each.employee)} ({each.match.reason}): {each.match.doubt}
                {each.employee.state === "left" && `, ${words.hasLeft}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {!employee && candidates.length === 0 && (
        <p>{nobody ? words.whoNobody(nobody.by, date(nobody.at, { timeZone })) : words.whoNone}</p>
      )}
      {linking && (
        <LinkDialog
          c={user.stamp.connection}
          linked={{ user, match, candidates, nobody }}
          onClose={() => setLinking(false)}
        />
      )}
    </Card>
  );
}

function factsOf(employee: Employee, reason: string) {
  const { column } = words;
  return [
    { label: column.employee, value: employeeName(employee) },
    { label: column.why, value: reason },
    { label: column.state, value: EMPLOYEE_STATE_WORD[employee.state] },
    ...(employee.leave
      ? [
          {
            label: employee.state === "left" ? column.leftOn : column.lastDay,
            value: <LeftOn employee={employee} />,
          },
        ]
      : []),
    ...(employee.cameBack
      ? [
          {
            label: column.hadLeft,
            value: employee.cameBack.leftBefore ? <Day day={employee.cameBack.leftBefore} /> : <NotGiven />,
          },
        ]
      : []),
    { label: column.employeeId, value: <Text value={employee.employeeId} /> },
    { label: column.department, value: <Text value={employee.department} /> },
    { label: column.manager, value: <Text value={employee.manager} /> },
    { label: column.source, value: words.source[employee.source] },
  ];
}
