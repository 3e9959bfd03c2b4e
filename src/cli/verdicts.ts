/** What is well and what isn't: a table of the streams, then each trouble with its cause, cure and what to type. */
import type { VerdictView } from "../api/contract/connections.ts";
import type { Answer } from "../api/contract.ts";
import { shellName } from "../model/text.ts";
import type { CauseCode } from "../model/verdict.ts";
import { type Column, TableWriter } from "./table.ts";
import { paint, type Terminal, write } from "./terminal.ts";
import { clock, count, exactTime, harmless, wrap } from "./text.ts";
import { CONNECTION_ICON, STREAM_WORD } from "./words.ts";

export async function printVerdicts(
  terminal: Terminal,
  { connection, items }: Answer<"verdicts">,
): Promise<void> {
  const { icon, tone } = CONNECTION_ICON[connection.state];
  await write(
    terminal.out,
    `${paint(terminal, tone, `${icon} ${connection.stateText}`)}  ${harmless(connection.name)}${paint(terminal, "gray", "  times in UTC")}\n\n`,
  );
  await new TableWriter(terminal, verdictColumns(terminal.now())).write(items);
  for (const alike of troubles(items)) {
    await write(terminal.out, `\n${verdictText(terminal, alike, connection.name)}\n`);
  }
}

export const rowsText = (v: Pick<VerdictView, "rows"> | undefined): string =>
  v?.rows == null ? "not read" : count(v.rows);

const verdictColumns = (now: number): Column<VerdictView>[] => [
  { name: "Stream", value: (v) => v.label, min: 17 },
  {
    name: "State",
    value: (v) => `${STREAM_WORD[v.state].icon} ${STREAM_WORD[v.state].word}`,
    min: 9,
    tone: (v) => STREAM_WORD[v.state].tone,
  },
  {
    name: "Last success",
    value: (v) => (v.lastSuccessAt === null ? "never" : clock(v.lastSuccessAt, now)),
    min: 12,
  },
  { name: "Rows", value: rowsText, right: true, rank: 1 },
  { name: "Next try", value: (v) => (v.nextTryAt === null ? "" : clock(v.nextTryAt, now)), min: 8, rank: 2 },
  { name: "Cause", value: (v) => v.cause?.replaceAll("_", " ") ?? "", min: 8 },
];

/** Streams that say the same, together: a network that is down is one trouble, not nine. */
function troubles(items: readonly VerdictView[]): VerdictView[][] {
  const groups = new Map<string, VerdictView[]>();
  for (const verdict of items) {
    const { cause, text, cure, state, lost, lostMeanwhile } = verdict;
    if (text === null && cause === null) continue;
    const key = JSON.stringify([state, cause, text, cure, state === "stopped" ? lost : null, lostMeanwhile]);
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  return [...groups.values()];
}

/** Cause with its evidence, cure, what to type, since when, what is missing, when it is tried again. */
function verdictText(terminal: Terminal, alike: readonly VerdictView[], name: string): string {
  const [v] = alike as [VerdictView];
  const { icon, tone } = STREAM_WORD[v.state];
  const lines = (text: string) => indented(terminal, text);
  const labels = alike.map(({ label }) => label).join(", ");
  const ask =
    v.ask &&
    `${v.ask.method} ${v.ask.host}${v.ask.path}: ${v.ask.status ?? "no answer"}, ${exactTime(v.ask.at)}`;
  return [
    paint(terminal, tone, `${icon} ${labels}: ${v.cause?.replaceAll("_", " ") ?? STREAM_WORD[v.state].word}`),
    ...(v.text === null ? [] : lines(v.text)),
    ...cureLines(terminal, v, { name }),
    ...(ask === null
      ? []
      : lines(`Asked: ${ask}${v.ask?.requestId ? `, request ID ${v.ask.requestId}` : ""}.`)),
    ...lines(standing(alike)),
  ].join("\n");
}

/** `Since …. Missing: …. Lost meanwhile: …. Next try ….` */
function standing(alike: readonly VerdictView[]): string {
  const [v] = alike as [VerdictView];
  const first = (times: (string | null)[]) => times.filter((each) => each !== null).sort()[0];
  const since = first(alike.map((each) => each.since));
  const next = first(alike.map((each) => each.nextTryAt));
  const lost = alike.flatMap((each) =>
    each.lost === null || v.text?.includes(each.lost) ? [] : [each.lost],
  );
  const missing = v.state === "stopped" && v.lastSuccessAt !== null ? "Missing:" : "You do without";
  return [
    since ? `Since ${exactTime(since)}.` : "",
    lost.length > 0 ? `${missing} ${[...new Set(lost)].join("; ")}.` : "",
    v.lostMeanwhile === null ? "" : `Lost meanwhile: ${v.lostMeanwhile}`,
    next ? `Next try ${exactTime(next)}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function indented(terminal: Terminal, text: string, by = "  "): string[] {
  if (text === "") return [];
  const width = (terminal.columns ?? Number.POSITIVE_INFINITY) - by.length;
  return wrap(harmless(text), Math.max(20, width)).map((line) => by + line);
}

type Trouble = Pick<VerdictView, "stream" | "cause" | "cure"> & Partial<Pick<VerdictView, "facts">>;
/** null: it is being connected, and nothing is saved yet. */
type Where = { name: string | null };

/** The cure, and below it what to type for it. */
export function cureLines(terminal: Terminal, trouble: Trouble, where: Where, by = "  "): string[] {
  const cure = cureText(trouble.cure, where);
  return [
    ...(cure === null ? [] : indented(terminal, `→ ${cure}`, by)),
    ...commandsOf(trouble, where).map((command) => `${by}  ${paint(terminal, "strong", harmless(command))}`),
  ];
}

/** A cure is written for a connection that exists, whatever its name is. */
function cureText(cure: string | null, { name }: Where): string | null {
  if (cure === null) return null;
  if (name !== null) return cure;
  return cure
    .replace(/replace the credential here/g, "connect with it")
    .replace(/Replace the credential/g, "Connect with another credential")
    .replace(/[Tt]hen test again/g, "Then connect again")
    .replace(/test again/g, "connect again")
    .replace(/or switch usage off/g, "or connect without usage");
}

const CREDENTIAL = new Set<CauseCode>([
  "credential_wrong",
  "credential_malformed",
  "credential_shared",
  "credential_retired",
  "other_account",
]);
const ADMIN_USER = new Set<CauseCode>([
  "lists_refused",
  "users_empty",
  "admin_user_missing",
  "admin_user_malformed",
  "admin_user_unknown",
  "admin_user_deactivated",
  "admin_user_not_site_admin",
  "admin_user_refused",
]);
const TEST_AGAIN = new Set<CauseCode>(["permission_missing", "lists_refused", "audit_log_refused"]);
const WITHOUT_USAGE = new Set<CauseCode>(["audit_log_off", "audit_log_refused"]);

/** What to type to do what the cure says; what is chosen first stands first. */
function commandsOf({ stream, cause, cure, facts }: Trouble, { name }: Where): string[] {
  if (cause === null) return [];
  const asksAdmin =
    ADMIN_USER.has(cause) || (cause === "audit_log_refused" && /No admin user/.test(cure ?? ""));
  if (name === null) {
    return [
      ...(asksAdmin ? ["add to connect: --admin-user-id USER_ID"] : []),
      ...(WITHOUT_USAGE.has(cause) ? ["or: --without-usage"] : []),
    ];
  }
  const c = shellName(name);
  return [
    ...(CREDENTIAL.has(cause) ? [`glasshouse credential ${c} --client-id CLIENT_ID`] : []),
    ...(asksAdmin ? [`glasshouse credential ${c} --keep-secret --admin-user-id USER_ID`] : []),
    ...(TEST_AGAIN.has(cause) ? [`glasshouse test ${c}`] : []),
    ...(WITHOUT_USAGE.has(cause) ? [`glasshouse set ${c} --usage off`] : []),
    ...(cause === "switched_off" && stream === "audit_log" ? [`glasshouse set ${c} --usage on`] : []),
    ...(cause === "audit_log_empty" ? [`glasshouse sync ${c} --stream audit_log`] : []),
    ...(cause === "listing_held" && typeof facts?.absent === "number"
      ? [`glasshouse accept ${c} --stream ${stream} --rows ${facts.absent}`]
      : []),
  ];
}
