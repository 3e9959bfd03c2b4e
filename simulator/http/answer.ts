import type { Scenario } from "../switches.ts";

/** What an API answers, before it is written to the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

/** A JSON answer. Text that is JSON already is passed as `raw`. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** An answer whose body is JSON text already. */
export function raw(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body: text };
}

/** The error bodies of Harvest v3: a message and a list (api.md §2.4). */
export function v3Error(status: number, message: string, errors?: unknown[]): Answer {
  return json(status, errors === undefined ? { message } : { message, errors });
}

/** A 429; its body is a switch (api.md §1.3). */
export function tooMany(shape: Scenario["rate.body"], headers: Record<string, string>): Answer {
  if (shape === "message") return json(429, { message: "Rate limit exceeded" }, headers);
  const html = "<html><body><h1>429 Too Many Requests</h1></body></html>";
  return {
    status: 429,
    headers: { "Content-Type": "text/html", ...headers },
    body: shape === "html" ? html : "",
  };
}

/** A v3 422 (api.md §2.2). */
export function unprocessable(...errors: (string | Record<string, string>)[]): Answer {
  return v3Error(422, "Unprocessable Content", errors);
}
