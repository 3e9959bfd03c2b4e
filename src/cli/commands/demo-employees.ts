/** The employees of the sample organization: some have left, and can still sign in. */
import type { UserView } from "../../api/contract/users.ts";
import { dayText } from "../../model/day.ts";
import { utcDay } from "../../model/employees/employee.ts";
import type { Client } from "../client.ts";

/** Where in the order of their ids those stand whom the second sync finds deactivated. */
export const DEACTIVATED = [0.2, 0.55, 0.8] as const;
/** Left so many days ago: these are deactivated soon after. */
const REMOVED = DEACTIVATED.map((part, i) => ({ part, days: [3, 9, 1][i]! }));
/** One of those who are active still, whom the simulated Greenhouse refuses to deactivate. */
export const STAYS = 0.45;
/** And these are active still. */
const STILL_ACTIVE = [
  { part: 0.1, days: 41 },
  { part: 0.27, days: 12 },
  { part: STAYS, days: 5 },
  { part: 0.62, days: 1 },
];
const CAME_BACK = 0.5;
const DEPARTMENTS = ["Talent", "Engineering", "Sales", "People", "Finance"] as const;
const WITHOUT_USER = [
  "Ana Torvald",
  "Bo Lindqvist",
  "Cleo Marsh",
  "Dara Okoye",
  "Emil Strand",
  "Freya Holt",
] as const;

/** @param people of the simulator, in the order of their ids */
export async function importSample(
  client: Client,
  c: string,
  people: readonly { id: number }[],
  now: number,
): Promise<void> {
  const at = (part: number) => String(people[Math.floor(people.length * part)]!.id);
  const leftOn = new Map(
    [...REMOVED, ...STILL_ACTIVE].map(({ part, days }) => [at(part), dayText(utcDay(now) - days)]),
  );
  const users: UserView[] = [];
  const query = { status: ["active" as const], serviceAccounts: "exclude" as const, agency: false };
  for await (const page of client.pages("listUsers", { params: { c }, query }, null))
    users.push(...page.items);
  const rows = users.flatMap(({ id, name, email, employeeId }, i) =>
    email === null ? [] : [[employeeId, name, email, DEPARTMENTS[i % DEPARTMENTS.length], leftOn.get(id)]],
  );
  const others = WITHOUT_USER.map((name, i) => [
    `S-${9000 + i}`,
    name,
    `${name.toLowerCase().replace(" ", ".")}@example.org`,
    DEPARTMENTS[i % DEPARTMENTS.length],
    undefined,
  ]);
  await importCsv(
    client,
    ["Employee ID", "Name", "Work email", "Department", "Last day of work"],
    [...rows, ...others],
  );
  const back = users.find(({ id }) => id === at(CAME_BACK))?.email;
  for (const means of back ? (["left", "works_here"] as const) : []) {
    await client.call("importEmployees", { body: { kind: "paste", means, text: `${back}\n` } });
  }
}

type Cell = string | null | undefined;

function importCsv(client: Client, head: readonly string[], rows: readonly (readonly Cell[])[]) {
  const cell = (text: Cell) => `"${(text ?? "").replaceAll('"', '""')}"`;
  const text = [head, ...rows].map((row) => row.map(cell).join(",")).join("\n");
  return client.call("importEmployees", {
    body: { kind: "csv", file: Buffer.from(text).toString("base64") },
  });
}
