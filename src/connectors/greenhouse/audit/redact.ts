/** What of an event is kept: enough to tell who did what kind of thing; no candidate's data, no query string. */
import { shortened } from "../../../model/text.ts";

const URL_LIKE = /^(?:([A-Z]+)\s+)?(?:https?:\/\/[^/\s?#]+)?(\/[^?#\s]*)?(?:[?#].*)?$/;
const WORD = /^[A-Za-z][A-Za-z_-]{0,39}$/;
const VERSION = /^v\d{1,2}$/;

/**
 * The path alone, each segment that isn't a plain word as `#`:
 * `/v1/candidates/123/activity_feed?x=y` → `/v1/candidates/#/activity_feed`.
 */
export function redactPath(path: string): string {
  const [bare = ""] = path.split(/[?#]/, 1);
  return bare
    .split("/", 12)
    .map((segment) => (segment === "" || WORD.test(segment) || VERSION.test(segment) ? segment : "#"))
    .join("/");
}

/**
 * `controller#action` as it is; an address as its path with ids as `#`, and its method where one is told.
 * (`request.type` is the URL itself for Harvest calls, api.md §3.4; it names no method.)
 */
export function redactRequestType(type: string): string {
  const address = URL_LIKE.exec(type.trim());
  if (address?.[2] || /^(?:[A-Z]+\s+)?https?:/.test(type)) {
    const path = redactPath(address?.[2] ?? "/");
    return address?.[1] ? `${shortened(address[1])} ${path}` : path;
  }
  const bare = type.trim().replace(/\?.*$/s, "");
  return shortened(bare.replace(/\S+/g, (word) => (isAddress(word) ? "#" : word)).replace(/\d{3,}/g, "#"));
}

/** Asked of one word after another: the search by a pattern with an @ in it would begin anew at each letter. */
function isAddress(word: string): boolean {
  const at = word.indexOf("@", 1);
  return at > 0 && at < word.length - 1;
}

/** Fields of a user or of a permission whose before and after say something about access. */
const ACCESS_FIELDS = new Set([
  "site_admin",
  "disabled",
  "deactivated",
  "user_id",
  "role_id",
  "user_role_id",
  "job_id",
  "department_id",
  "office_id",
  "email",
  "employee_id",
]);

/** Labels of events about users and permissions aren't published (api.md §3.5): matched loosely, word by word. */
const ABOUT_ACCESS = /^(users?|permissions?|roles?|recruiters?|interviewers?|admins?)$/i;

function isAboutAccess(targetType: string | null): boolean {
  if (targetType === null) return false;
  const words = targetType.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^A-Za-z]+/);
  return (
    words.some((word) => ABOUT_ACCESS.test(word)) &&
    !words.some((word) => /^(candidates?|prospects?)$/i.test(word))
  );
}

/** Only listed keys, and of them only scalars or a pair of scalars (before, after). null: nothing is left. */
export function redactMeta(meta: unknown, targetType: string | null): Record<string, unknown> | null {
  if (typeof meta !== "object" || meta === null || Array.isArray(meta)) return null;
  const kept: Record<string, unknown> = {};
  const aboutAccess = isAboutAccess(targetType);
  for (const [name, value] of Object.entries(meta)) {
    if (name === "path" && typeof value === "string") kept.path = redactPath(value);
    else if (aboutAccess && ACCESS_FIELDS.has(name)) {
      const facts = Array.isArray(value) ? value.slice(0, 2).map(scalar) : scalar(value);
      if (facts !== undefined) kept[name] = facts;
    }
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function scalar(value: unknown): string | number | boolean | null | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return value.toString();
  return typeof value === "string" ? shortened(value) : undefined;
}
