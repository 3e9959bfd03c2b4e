/** What the address says of the audit trail, as the API's query; and its rows in words. */
import type { Row } from "../api/query.ts";
import type { Filter } from "../components/table-view.ts";
import type { Search } from "../search.ts";
import { ACTIONS, RESULTS, trailWords as words } from "../text/audit-trail.ts";

export type TrailRow = Row<"listTrail">;
type Known = readonly { id: number; name: string }[];

const optionsOf = (named: Known) => named.map(({ id, name }) => [String(id), name] as const);

/** With the names of those who are members, and of connections that there are. */
export function trailFilters(members: Known, connections: Known): Filter[] {
  const { filters } = words;
  return [
    { key: "by", label: filters.by, options: Object.entries(words.by) },
    {
      key: "result",
      label: filters.result,
      options: Object.entries(words.results),
      one: true,
      word: resultOf,
    },
    {
      key: "member",
      label: filters.member,
      options: optionsOf(members),
      one: true,
      word: words.memberNo,
    },
    {
      key: "connection",
      label: filters.connection,
      options: optionsOf(connections),
      one: true,
      word: words.connectionGone,
    },
    { key: "target", label: filters.target, input: "text" },
    { key: "from", label: filters.from, input: "date" },
    { key: "to", label: filters.to, input: "date" },
    { key: "action", label: filters.action, word: actionOf },
    { key: "token", label: filters.token, word: words.tokenNo },
  ];
}

const KEYS = trailFilters([], []).map(({ key }) => key);
export const isNarrowed = (view: Search): boolean => KEYS.some((key) => view[key]);
export const noFilter: Search = Object.fromEntries(KEYS.map((key) => [key, undefined]));

const actions = (...names: string[]): Search => ({ action: names.join(",") });

const named = (start: string) => Object.keys(ACTIONS).filter((name) => name.startsWith(start));

/** Shortcuts to the questions that are asked most. */
export const PRESETS: Record<keyof typeof words.presets, Search> = {
  all: {},
  signIns: actions(...named("signIn"), "claim", "signOut", "acceptInvitation"),
  members: actions(
    "changeSignInRules",
    "inviteMember",
    "changeMember",
    "removeMember",
    "newMemberCode",
    "endMemberSession",
    "endMemberSessions",
    "createToken",
    "revokeToken",
    "resetAdmin",
  ),
  connections: actions(
    "createConnection",
    "updateConnection",
    "replaceCredential",
    "disconnect",
    "createCredentialLink",
    "deleteCredentialLink",
    "useCredentialLink",
    "acceptHeld",
  ),
  exports: actions(...named("export"), "supportBundle"),
  refused: { result: "refused" },
};

export const isShown = (view: Search, preset: Search): boolean =>
  KEYS.every((key) => view[key] === preset[key]);

/** `Sign in`; the endpoint's name where it has no words. */
export function actionOf(action: string): string {
  return ACTIONS[action] ?? action;
}

/** `Done`; of others why not. */
export function resultOf(result: string): string {
  return RESULTS[result] ?? result.replaceAll("_", " ");
}

/** As the trail keeps who acted: `Mara Quill (mara@example.org), token CI`. */
const KEPT_NAME = /^(.+) \(([^()\s]+@[^()\s]+)\)(?:, token (.+))?$/s;

/** `Mara Quill` with the e-mail address, `Token CI of Mara Quill`, `Command line of the server`. */
export function whoOf({ by, name }: Pick<TrailRow, "by" | "name">): { who: string; email: string | null } {
  const [, member, email, token] = KEPT_NAME.exec(name) ?? [];
  if (!member || !email) return { who: words.who[by] ?? name, email: null };
  return { who: token ? words.tokenOf(token, member) : member, email };
}

/** What was named beside the connection; null: nothing. */
export function namedIn({
  action,
  target,
  connection,
}: Pick<TrailRow, "action" | "target" | "connection">): string | null {
  const parts = target?.split(" / ") ?? [];
  const named = parts
    .filter((part) => part !== connection?.name && part !== String(connection?.id))
    .join(" / ");
  return (action === "importEmployees" && words.imports[named]) || named || null;
}

/** The thing, its connection by name; of an export the beginning of its hash before them, where it is never cut off. */
export function targetOf(row: Pick<TrailRow, "action" | "target" | "connection" | "details">): string {
  const { connection, details } = row;
  const hash = details?.sha256;
  return (
    [
      typeof hash === "string" && words.hash(hash.slice(0, 8)),
      namedIn(row),
      connection && (connection.name ?? words.connectionGone(connection.id)),
    ]
      .filter(Boolean)
      .join(" · ") || words.noTarget
  );
}

const NO_END = /^(days|keepEventsDays(Before)?)$/;

/** What else was noted, field by field, in words. */
export function detailsOf({ details }: Pick<TrailRow, "details">): [name: string, value: string][] {
  return Object.entries(details ?? {}).map(([name, value]) => [nameOfDetail(name), valueText(name, value)]);
}

/** `windowDaysBefore`: what `windowDays` was. */
function nameOfDetail(name: string): string {
  const own = words.details[name.replace(/Before$/, "")];
  return words.details[name] ?? (own ? words.before(own) : name);
}

function valueText(name: string, value: string | number | boolean | null): string {
  if (value === null) return NO_END.test(name) ? words.unlimited : words.noTarget;
  if (name === "filter") return filterText(String(value));
  return words.values[String(value)] ?? String(value);
}

/** `{"status":["active"]}` → `status: active`. */
function filterText(json: string): string {
  try {
    const parts = Object.entries(JSON.parse(json) as Record<string, unknown>);
    return parts.map(([name, value]) => `${name}: ${String(value)}`).join("; ") || words.noTarget;
  } catch {
    return json;
  }
}
