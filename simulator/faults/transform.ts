import type { Answer } from "../http/answer.ts";
import { json, unprocessable } from "../http/answer.ts";
import type { Fault } from "./rules.ts";

type Row = Record<string, unknown>;

/** The answer a fault puts in place of the real one, without asking the API; null when the API is to be asked. */
export function replacement(fault: Fault): Answer | null {
  switch (fault.kind) {
    case "status":
      return statusAnswer(fault);
    case "expiredCursor":
      return unprocessable("Cursor has expired. Please restart from the first page.");
    case "pitExpired":
      return json(400, { message: "The Pit_Id has expired. Remove it from the subsequent search." });
    default:
      return null;
  }
}

const reasons: Record<number, string> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Resource not found",
  410: "Gone",
  422: "Unprocessable Content",
  429: "Rate limit exceeded",
};

/** 5xx come as a gateway's HTML, the others as JSON (api.md §6.5). */
function statusAnswer(fault: Extract<Fault, { kind: "status" }>): Answer {
  const html = fault.status >= 500;
  const body =
    fault.body ??
    (html
      ? `<html><head><title>${fault.status}</title></head><body><h1>${fault.status} Bad Gateway</h1></body></html>`
      : JSON.stringify({ message: reasons[fault.status] ?? "Error" }));
  return {
    status: fault.status,
    headers: {
      "Content-Type": fault.contentType ?? (html ? "text/html" : "application/json"),
      ...fault.headers,
    },
    body,
  };
}

/** Texts that break careless output: formulas, terminal escapes, control characters, markup, direction overrides. */
const hostileTexts = [
  "=cmd|' /C calc'!A0",
  "+1",
  "@x",
  "-2+3",
  "\u001b[31mred\u001b[0m",
  "\u001b]8;;https://example.com\u0007link",
  "a\u0000b",
  "line\nbreak\ttab",
  "<script>alert(1)</script>",
  "\u202egpj.exe",
  '"quoted",comma',
];

/** Lets go through the rows of an answer: a bare array, or `results` of an audit answer. */
function withRows(answer: Answer, change: (rows: Row[]) => Row[]): Answer {
  try {
    const value = JSON.parse(String(answer.body)) as Row[] | { results: Row[] };
    if (Array.isArray(value)) return { ...answer, body: JSON.stringify(change(value)) };
    if (Array.isArray(value.results))
      return { ...answer, body: JSON.stringify({ ...value, results: change(value.results) }) };
  } catch {
    /* not JSON: nothing to change */
  }
  return answer;
}

function changedRow(rows: Row[], index: number, change: (row: Row) => Row): Row[] {
  return rows.map((row, i) => (i === Math.min(index, rows.length - 1) ? change(row) : row));
}

/** Renames, removes or replaces a field by its dotted path. */
function changeField(row: Row, path: string, action: "remove" | "rename" | "replace", to: unknown): Row {
  const [head, ...rest] = path.split(".") as [string, ...string[]];
  if (rest.length > 0)
    return { ...row, [head]: changeField((row[head] ?? {}) as Row, rest.join("."), action, to) };
  const { [head]: value, ...others } = row;
  if (action === "remove") return others;
  return action === "rename" ? { ...others, [String(to)]: value } : { ...row, [head]: to };
}

function hostile(value: unknown, texts: readonly string[], index: number): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [
      key,
      /^(first_name|last_name|name|job_title|username)$/.test(key) && typeof v === "string"
        ? texts[index % texts.length]
        : hostile(v, texts, index),
    ]),
  );
}

/** Points the next page elsewhere: the v3/v1 Link header, or the audit log's cursor. */
function redirectNext(answer: Answer, url: (old: string) => string): Answer {
  const name = Object.keys(answer.headers).find((key) => key.toLowerCase() === "link");
  if (name === undefined) return answer;
  return {
    ...answer,
    headers: {
      ...answer.headers,
      [name]: (answer.headers[name] as string).replace(
        /<([^>]*)>(; rel="?next"?)/,
        (_all, old: string, rest: string) => `<${url(old)}>${rest}`,
      ),
    },
  };
}

/** Changes a real answer as the fault says. `self` is the URL called, `previous` the body answered before it. */
export function transformed(
  answer: Answer,
  fault: Fault,
  self: string,
  previous: string | undefined,
  searchAfter: string | undefined,
): Answer {
  switch (fault.kind) {
    case "empty":
      return withRows({ ...answer, headers: without(answer.headers, "link") }, () => []);
    case "garbled":
      return {
        ...answer,
        body: String(answer.body).replace(/[:,]/g, (c, at: number) => (at % 7 === 0 ? ";" : c)),
      };
    case "invalidUtf8":
      return { ...answer, body: breakUtf8(String(answer.body)) };
    case "binary":
      return {
        ...answer,
        headers: { ...answer.headers, "Content-Type": "application/octet-stream" },
        body: Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) % 256)),
      };
    case "loop":
      return loopCursor(
        redirectNext(answer, () => self),
        searchAfter,
      );
    case "foreignLink":
      return redirectNext(answer, (old) => {
        const url = new URL(old);
        return `${fault.origin ?? "https://harvest.example.net"}${url.pathname}${url.search}`;
      });
    case "repeatPage":
      return previous === undefined ? answer : withRows(answer, () => rowsOf(previous));
    case "reorder":
      return withRows(answer, (rows) =>
        rows
          .map((row, i) => ({ row, key: (i * 7919) % (rows.length + 1) }))
          .sort((a, b) => a.key - b.key)
          .map(({ row }) => row)
          .reverse(),
      );
    case "duplicateRows":
      return withRows(answer, (rows) => rows.flatMap((row, i) => (i % 3 === 0 ? [row, row] : [row])));
    case "field":
      return withRows(answer, (rows) =>
        changedRow(rows, fault.row ?? 0, (row) => changeField(row, fault.field, fault.action, fault.to)),
      );
    case "hugeNumber": {
      const marker = '"@huge@"';
      const marked = withRows(answer, (rows) =>
        changedRow(rows, fault.row ?? 0, (row) => changeField(row, fault.field ?? "id", "replace", "@huge@")),
      );
      return { ...marked, body: String(marked.body).replace(marker, fault.value ?? "9007199254740993") };
    }
    case "hostileNames":
      return withRows(answer, (rows) =>
        rows.map((row, i) => hostile(row, fault.texts ?? hostileTexts, i) as Row),
      );
    case "headers":
      return {
        ...answer,
        headers: Object.fromEntries(
          Object.entries({ ...answer.headers, ...fault.headers }).filter(
            (pair): pair is [string, string] => pair[1] !== null,
          ),
        ),
      };
    default:
      return answer;
  }
}

const without = (headers: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));

function rowsOf(body: string): Row[] {
  const value = JSON.parse(body) as Row[] | { results?: Row[] };
  return Array.isArray(value) ? value : (value.results ?? []);
}

/** The audit log's loop: the next cursor is the one just used. */
function loopCursor(answer: Answer, searchAfter: string | undefined): Answer {
  if (searchAfter === undefined || !String(answer.body).startsWith('{"paging"')) return answer;
  return {
    ...answer,
    body: String(answer.body).replace(
      /"next_search_after":(null|"[^"]*"|\[[^\]]*\])/,
      () => `"next_search_after":${JSON.stringify(searchAfter)}`,
    ),
  };
}

function breakUtf8(text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = Math.max(0, bytes.indexOf('name":"') + 7);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xc3, 0x28, 0xff, 0xfe]), bytes.subarray(at)]);
}
