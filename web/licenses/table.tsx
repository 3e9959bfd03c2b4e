/** Licenses by type: each number opens the people it counts. On a phone each type is a card. */
import type { ReactNode } from "react";
import type { Answer } from "../api/client.ts";
import { CountLink } from "../components/count-link.tsx";
import { Unknown } from "../components/unknown.tsx";
import { moneyRange, number } from "../format/number.ts";
import { date } from "../format/time.ts";
import { licenseWords as words } from "../text/licenses.ts";
import { WORD } from "../text/words.ts";

type View = Answer<"licenses">;
type Type = View["types"][number];
type Rule = View["rules"][number];
type Counts = View["total"];

const STATES = [
  ["inUse", "in_use"],
  ["unused", "unused"],
  ["neverUsed", "never_used"],
  ["unknown", "unknown"],
  ["heldByDeactivated", "held_by_deactivated"],
] as const;
const FREED = ["unused", "never_used", "held_by_deactivated"];

/** `Site Admin, Active`: who a rule is for. */
export function ruleText({ level, status }: Pick<Rule, "level" | "status">): string {
  const words_ = [
    level === "any" ? words.anyLevel : WORD.level[level],
    status === "any" ? words.anyStatus : WORD.status[status].toLowerCase(),
  ];
  return words_.join(", ");
}

function People({
  n,
  type,
  states,
  name,
}: {
  n: number | null;
  type: string | null;
  states?: string[];
  name: string;
}) {
  if (n === null) return <Unknown why={name === words.column.inUse ? words.notRead : words.notProven} />;
  const search = {
    ...(type === null ? {} : { licenseType: type }),
    ...(states ? { license: states.join(",") } : {}),
  };
  return <CountLink count={n} label={`${type ?? words.total}, ${name}`} to="/users" search={search} />;
}

function Freed({ counts, type }: { counts: Counts; type: string | null }) {
  const { low, high } = counts.couldBeFreed;
  return (
    <span className="whitespace-nowrap">
      <People n={low} type={type} states={FREED} name={words.column.couldBeFreed} />
      {high > low && (
        <>
          {` ${words.to} `}
          <People n={high} type={type} states={[...FREED, "unknown"]} name={words.column.couldBeFreed} />
        </>
      )}
    </span>
  );
}

function MoneyOf({ type }: { type: Type }) {
  if (!type.couldBeFreedMoney) return <span className="text-dim">{words.typeAPrice}</span>;
  const { low, high, currency } = type.couldBeFreedMoney;
  return <span>{words.atYourPrice(moneyRange(low, high, currency))}</span>;
}

interface Cell {
  name: string;
  right?: boolean;
  hint?: string;
  of: (type: Type) => ReactNode;
  total?: (total: Counts) => ReactNode;
}

function cellsOf(view: View): Cell[] {
  const zone = view.window.timeZone;
  const rulesOf = (type: string) => view.rules.filter((rule) => rule.type === type).map(ruleText);
  const typed = (value: ReactNode | null) => value ?? <span className="text-dim">{words.notTyped}</span>;
  return [
    {
      name: words.column.type,
      of: ({ type }) => <span className="font-medium">{type}</span>,
      total: () => <span className="font-medium">{words.total}</span>,
    },
    {
      name: words.column.rule,
      of: ({ type }) => <span className="text-dim">{rulesOf(type).join("; ")}</span>,
    },
    {
      name: words.column.purchased,
      right: true,
      of: ({ purchased, assigned }) =>
        typed(
          purchased === null ? null : (
            <>
              {number(purchased)}
              {assigned > purchased && (
                <span className="block text-sm text-look">
                  ▲ {words.tooFew(number(assigned - purchased))}
                </span>
              )}
            </>
          ),
        ),
    },
    {
      name: words.column.assigned,
      right: true,
      of: ({ type, assigned }) => <People n={assigned} type={type} name={words.column.assigned} />,
      total: ({ assigned }) => (
        <People
          n={assigned}
          type={null}
          states={STATES.map(([, state]) => state)}
          name={words.column.assigned}
        />
      ),
    },
    ...STATES.map(
      ([key, state]): Cell => ({
        name: words.column[key],
        right: true,
        ...(key === "neverUsed" && view.neverUsedSince
          ? { hint: words.since(date(view.neverUsedSince, { timeZone: zone })) }
          : {}),
        of: (type) => <People n={type[key]} type={type.type} states={[state]} name={words.column[key]} />,
        total: (total) => <People n={total[key]} type={null} states={[state]} name={words.column[key]} />,
      }),
    ),
    {
      name: words.column.price,
      right: true,
      of: ({ price }) => typed(price && `${price.currency} ${number(price.amount)}`),
    },
    {
      name: words.column.couldBeFreed,
      right: true,
      of: (type) => (
        <>
          <Freed counts={type} type={type.type} />
          <span className="block text-sm">
            <MoneyOf type={type} />
          </span>
        </>
      ),
      total: (total) => <Freed counts={total} type={null} />,
    },
  ];
}

export function LicenseTable({ view }: { view: View }) {
  const cells = cellsOf(view);
  return (
    <>
      <div className="print-whole card hidden overflow-x-auto lg:block">
        <table className="w-full">
          <caption className="sr-only">{words.title}</caption>
          <thead>
            <tr className="border-b text-sm text-dim">
              {cells.map((cell) => (
                <th
                  key={cell.name}
                  scope="col"
                  className={`px-3 py-2 align-bottom font-medium ${cell.right ? "text-right" : "text-left"}`}
                >
                  {cell.name}
                  {cell.hint && <span className="block font-normal">{cell.hint}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.types.map((type) => (
              <tr key={type.type} className="border-b last:border-b-0">
                {cells.map((cell, i) => (
                  <Td key={cell.name} head={i === 0} right={cell.right}>
                    {cell.of(type)}
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="border-t-2">
              {cells.map((cell, i) => (
                <Td key={cell.name} head={i === 0} right={cell.right}>
                  {cell.total?.(view.total)}
                </Td>
              ))}
            </tr>
          </tfoot>
        </table>
      </div>
      <ul className="grid gap-3 lg:hidden">
        {view.types.map((type) => (
          <li key={type.type} className="card p-4">
            <h2>{type.type}</h2>
            <CardLines cells={cells.map((cell) => [cell, cell.of(type)] as const)} />
          </li>
        ))}
        <li className="card p-4">
          <h2>{words.total}</h2>
          <CardLines
            cells={cells.flatMap((cell) => (cell.total ? [[cell, cell.total(view.total)] as const] : []))}
          />
        </li>
      </ul>
    </>
  );
}

/** All but the first, which heads the card. */
function CardLines({ cells }: { cells: readonly (readonly [cell: Cell, value: ReactNode])[] }) {
  return (
    <dl className="mt-2">
      {cells.slice(1).map(([{ name, hint }, value]) => (
        <div key={name} className="flex justify-between gap-4 border-b py-1.5 last:border-b-0">
          <dt className="text-dim">{[name, hint].filter(Boolean).join(" ")}</dt>
          <dd className="text-right">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Td({ head, right, children }: { head: boolean; right: boolean | undefined; children: ReactNode }) {
  const classes = `px-3 py-2 align-top ${right ? "text-right" : "text-left"}`;
  return head ? (
    <th scope="row" className={`${classes} font-normal`}>
      {children}
    </th>
  ) : (
    <td className={classes}>{children}</td>
  );
}
