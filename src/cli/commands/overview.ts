/** overview, user: the whole on one page, and one person on one page. */
import type { Command } from "commander";
import type { OverviewView } from "../../api/contract/usage.ts";
import type { UserDetail } from "../../api/contract/users.ts";
import { type Context, examples, output } from "../context.ts";
import { dataLine, foot, leftOut, stampParts } from "../list.ts";
import { TableWriter } from "../table.ts";
import { paint, type Terminal, write } from "../terminal.ts";
import { count, countOf, date, exactTime, harmless, harmlessJson, pad, wrap } from "../text.ts";
import {
  daysText,
  LEVEL_WORD,
  lastUsedText,
  levelText,
  licenseText,
  named,
  SOURCE_LABEL,
  STATUS_WORD,
} from "../words.ts";
import { whoText } from "./employees.ts";
import { GRANT_COLUMNS } from "./people.ts";
import { changeColumns } from "./use.ts";

export function overviewCommands(root: Command, context: Context): void {
  overview(root, context);
  user(root, context);
}

const LABEL = 22;

/** Prints `label  text`, the text wrapped beside its label. */
async function line({ out, columns }: Terminal, label: string, text: string): Promise<void> {
  const room = Math.max(20, (columns ?? Number.POSITIVE_INFINITY) - LABEL - 2);
  const [first = "", ...more] = wrap(harmless(text), room);
  const rest = more.map((each) => `${" ".repeat(LABEL + 2)}${each}\n`).join("");
  await write(out, `${`  ${pad(label, LABEL)}${first}`.trimEnd()}\n${rest}`);
}
const head = (terminal: Terminal, text: string) =>
  write(terminal.out, `\n${paint(terminal, "strong", text)}\n`);

function overview(root: Command, context: Context): void {
  const command = root
    .command("overview <connection>")
    .description("The whole on one page: what needs you, who has access, who uses it, what changed.");
  examples(output(command, { list: false }), ["overview Aldermoor"]).action(
    (c: string, given: { json?: boolean }) =>
      context.withClient("overview", async (client) => {
        const view = await client.call("overview", { params: { c } });
        if (given.json) return write(context.terminal.out, `${harmlessJson(view, 2)}\n`);
        await write(context.terminal.out, `${await dataLine(context, client, c)}\n`);
        await printOverview(context.terminal, view);
      }),
  );
}

async function printOverview(terminal: Terminal, view: OverviewView): Promise<void> {
  const { people, use, licenses, siteAdmins, window, changes7Days: changes } = view;
  const say = (label: string, n: number | null, more = "") =>
    line(terminal, label, `${n === null ? "Unknown" : count(n)}${more}`);
  await head(terminal, "Needs you");
  if (view.needsYou.length === 0) await write(terminal.out, "  Nothing.\n");
  for (const { text } of view.needsYou) {
    const room = Math.max(20, (terminal.columns ?? Number.POSITIVE_INFINITY) - 4);
    const lines = wrap(harmless(text), room);
    await write(terminal.out, `  ${paint(terminal, "attention", "▲")} ${lines.join("\n    ")}\n`);
  }
  await head(terminal, "People with access");
  await say("Active people", people.active);
  // Without readable grants nobody can be told to be a Job Admin, nor not to be one.
  const { unknown, job_admin, basic } = people.byLevel;
  const untold = unknown > 0 && job_admin + basic === 0 ? ["job_admin", "basic"] : [];
  for (const [level, n] of Object.entries(people.byLevel)) {
    if (n > 0 || level !== "unknown")
      await say(`  ${LEVEL_WORD[level as keyof typeof LEVEL_WORD]}`, untold.includes(level) ? null : n);
  }
  await say("Deactivated", people.deactivated);
  await say("Missing", people.missing);
  await say("Service accounts", people.serviceAccounts);
  const covered = window.coveredDays === window.days ? "all covered" : `${window.coveredDays} covered`;
  await head(
    terminal,
    `Last ${window.days} days (${window.from} to ${window.to}, ${covered}, ${window.timeZone})`,
  );
  const of = ` of ${count(use.of)}`;
  const told = view.recruiting?.inUse ?? 0;
  // Where no day was read, recruiting activity alone tells who came, and nothing who didn't: no number, not even 0.
  const unproven = window.coveredDays === 0 && use.unused + use.neverUsed === 0;
  if (unproven && use.inUse === 0) await say("In use", null);
  else await say("In use", use.inUse, of + (told > 0 ? `, ${count(told)} by recruiting activity` : ""));
  const since = use.neverUsedSince === null ? "" : `, since ${date(use.neverUsedSince)}`;
  for (const [label, n, more] of [
    ["Unused", use.unused, of],
    ["Never used", use.neverUsed, of + since],
  ] as const)
    await (unproven ? say(label, null) : say(label, n, more));
  await say("Unknown", use.unknown, of + (use.unknownReason === null ? "" : `: ${use.unknownReason}`));
  await say("Newly unused, 7 days", use.newlyUnused);
  const { low, high } = licenses.couldBeFreed;
  const range = low === high ? count(low) : `${count(low)} to ${count(high)}`;
  await line(terminal, "Could be freed", `${range} of ${countOf(licenses.assigned, "licenses")}`);
  await head(terminal, `Site Admins: ${count(siteAdmins.total)}, longest without use first`);
  for (const { id, name, lastUsed, usage } of siteAdmins.items) {
    await line(terminal, name ?? `Not given (${id})`, lastUsedText({ lastUsed, usage }, terminal.now()));
  }
  await head(terminal, "Changes, 7 days");
  if (changes === null) await write(terminal.out, "  Unknown: not read completely yet.\n");
  else {
    const { usersAdded, deactivated, levelChanged, grantsAdded, grantsRemoved } = changes;
    // Without grants nobody knows who became a Job Admin.
    const unread = view.stamp.grantsListing === null;
    const level = unread ? "unknown" : count(levelChanged);
    await line(
      terminal,
      "Users",
      `added ${count(usersAdded)}, deactivated ${count(deactivated)}, level changed ${level}`,
    );
    const grants = `added ${count(grantsAdded)}, removed ${count(grantsRemoved)}`;
    await line(terminal, "Grants", unread ? "Unknown: never read" : grants);
  }
  await foot(terminal, licenses.sentence);
  await foot(terminal, stampParts(view.stamp).join(" · "), false);
}

function user(root: Command, context: Context): void {
  const command = root
    .command("user <connection> <user>")
    .description("One user, by user ID: level and why, use by day, grants, changes, and how we know.");
  examples(output(command, { list: false }), ["user Aldermoor 4017730022"]).action(
    (c: string, id: string, given: { json?: boolean }) =>
      context.withClient("user", async (client) => {
        const detail = await client.call("getUser", { params: { c, user: id } });
        if (given.json) return write(context.terminal.out, `${harmlessJson(detail, 2)}\n`);
        await printUser(context.terminal, detail);
      }),
  );
}

function addressesText({ addresses }: UserDetail): string {
  const texts = addresses.map(
    ({ email, confirmed }) => email + (confirmed === false ? " (not confirmed)" : ""),
  );
  return texts.join(", ") || "Not given";
}

async function printUser(terminal: Terminal, u: UserDetail): Promise<void> {
  const name = harmless(u.name ?? "Name not given");
  const facts = [
    STATUS_WORD[u.status],
    levelText(u),
    u.agency ? "agency" : "",
    u.serviceAccount ? "service account" : "",
  ];
  await write(terminal.out, `${paint(terminal, "strong", name)}  ${facts.filter(Boolean).join(" · ")}\n`);
  const all = (values: { id: string; name: string | null }[], what: string) =>
    values.length === 0 ? "None" : values.map((each) => named(each, what)).join(", ");
  await line(terminal, "E-mail", addressesText(u));
  await line(terminal, "User ID", u.id);
  await line(terminal, "Employee ID", u.employeeId ?? "Not given");
  if (u.employee) await line(terminal, "Employee", whoText(u.employee));
  await line(terminal, "Job title", u.jobTitle ?? "Not given");
  await line(terminal, "Departments", all(u.departments, "Department"));
  await line(terminal, "Offices", all(u.offices, "Office"));
  if (u.statusSince) await line(terminal, "Status since", exactTime(u.statusSince));
  await line(terminal, "Level", u.levelReason);
  const type = u.license.type === null ? "" : `${u.license.type}: `;
  await line(
    terminal,
    "License",
    type + licenseText(u) + (u.license.state === "never_used" ? "" : ` (${u.license.reason})`),
  );
  const what = u.lastUsed?.event?.what;
  await line(
    terminal,
    "Last used",
    u.lastUsed
      ? `${exactTime(u.lastUsed.at)}${what ? ` · ${what}` : ""} · ${SOURCE_LABEL[u.lastUsed.source].toLowerCase()}`
      : lastUsedText(u, terminal.now()),
  );
  await line(terminal, "Days with use", `${daysText(u)}, of the last ${u.usage.windowDays}`);
  await daysOf(terminal, u);
  for (const { source, lastAt, days } of u.recruiting) {
    await line(
      terminal,
      SOURCE_LABEL[source],
      `${exactTime(lastAt)} · on ${countOf(days, "days")} of these ${u.useByDay.length}`,
    );
  }
  for (const { user: other, what } of u.sharing) {
    await line(
      terminal,
      `Same ${what === "email" ? "e-mail" : "employee ID"}`,
      other.name === null ? `User ${other.id}` : `${named(other, "User")} (${other.id})`,
    );
  }
  await head(
    terminal,
    `Grants: ${u.grants === "all jobs" ? (levelText(u) === "Site Admin" ? "all jobs but confidential ones, as a Site Admin" : "had all jobs, as a Site Admin") : countOf(u.grantList.length, "grants")}`,
  );
  if (u.grantList.length > 0) {
    const shown = GRANT_COLUMNS.filter((column) =>
      ["Role", "On", "Job", "Made", "Since"].includes(column.name),
    );
    const table = new TableWriter(terminal, shown);
    await table.write(u.grantList);
    await leftOut(terminal, table, "--json");
  }
  await head(terminal, "Changes");
  if (u.changes.length === 0) await write(terminal.out, "  None seen since the first listing.\n");
  else {
    const columns = changeColumns(terminal.now()).filter(({ name }) => name !== "User");
    const table = new TableWriter(terminal, columns);
    await table.write(u.changes);
    await leftOut(terminal, table, "--json");
  }
  await foot(
    terminal,
    `How we know: ${[...stampParts(u.stamp), ...stampParts(u.stamp, "log").slice(1, 2)].join(" · ")} · times in UTC`,
  );
  await foot(terminal, u.stamp.sentence, false);
}

/** One mark a day, by month: `▪` use, `·` none, `▒` not known. */
async function daysOf(terminal: Terminal, { useByDay }: UserDetail): Promise<void> {
  const months = new Map<string, string>();
  for (const { day, covered, people, recruiting } of useByDay) {
    const used = (people ?? 0) > 0 || (recruiting ?? 0) > 0;
    const mark = used ? "▪" : people === null || covered !== "all" ? "▒" : "·";
    months.set(day.slice(0, 7), (months.get(day.slice(0, 7)) ?? "") + mark);
  }
  const first = useByDay[0]?.day ?? "";
  for (const [month, marks] of months) {
    const from = month === first.slice(0, 7) ? Number(first.slice(8)) - 1 : 0;
    const label = pad(`  ${date(`${month}-01`).slice(2)}`, LABEL);
    await write(terminal.out, `  ${label}${" ".repeat(from)}${marks}\n`);
  }
  await line(terminal, "", "▪ use  · none  ▒ not known");
}
