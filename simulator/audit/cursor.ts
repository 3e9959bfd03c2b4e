import type { Position } from "../events/log.ts";
import { hash } from "../random.ts";
import type { Scenario } from "../switches.ts";

/** The shapes next_search_after was seen in (api.md §3.3), as JSON text. */
export function writeSearchAfter({ ms, tie }: Position, s: Scenario): string {
  const shape = s["audit.cursorShape"];
  const chosen =
    shape === "mixed"
      ? (["integer,string", "list", "three"] as const)[hash(ms % 4294967296, tie) % 3]
      : shape;
  const key = `k${tie.toString(16)}`;
  if (chosen === "integer") return `"${ms}"`;
  if (chosen === "list") return `[${ms},"${key}"]`;
  return chosen === "three" ? `"${ms},${key},zz"` : `"${ms},${key}"`;
}

/**
 * Reads a Search-After. Null when it is malformed: the request takes `integer,string` (a lone integer where that
 * is the shape handed out); unless strict, three parts pass as well.
 */
export function readSearchAfter(text: string, s: Scenario, newestFirst: boolean): Position | null {
  const shape = s["audit.cursorShape"];
  const alone = /^(\d{1,15})$/.exec(text.trim());
  if (alone && (shape === "integer" || !s["audit.searchAfterStrict"]))
    return { ms: Number(alone[1]), tie: newestFirst ? -1 : Infinity };
  const match = /^(\d{1,15}),k([0-9a-f]{1,8})(,.*)?$/.exec(text.trim());
  if (!match || (match[3] !== undefined && s["audit.searchAfterStrict"])) return null;
  return { ms: Number(match[1]), tie: Number.parseInt(match[2] as string, 16) };
}
