/**
 * Writes docs/api.md and web/api/endpoints.ts from the contract. Run it after a change of the contract:
 * `node bin/launch.mjs src/api/reference.ts`; a test fails while one of them is stale.
 */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Endpoint } from "./contract/kit.ts";
import { API, endpoints } from "./contract.ts";
import { ERRORS } from "./errors.ts";

const INTRO = `# API

<!-- Generated from src/api/contract/ by src/api/reference.ts: change those, not this page. -->

Everything that the command line shows comes from this API. It is served on a socket in the data directory, for the
directory's owner alone, and by \`glasshouse serve\` on a loopback port.

- **Base**: \`http://127.0.0.1:4180${API}\`. JSON in camelCase; times are ISO-8601 in UTC; Greenhouse's ids are strings.
- **Who asks**: \`Authorization: Bearer glasshouse_…\` with an API token, or the cookie of a session. What changes something with a
  cookie needs the \`Origin\` header that browsers send. The socket needs neither. *Needs* names the least role: \`viewer\`,
  \`operator\`, \`admin\`; \`nobody\`: before sign-in too; \`machine\`: over the socket only.
- **Lists**: \`?limit=&cursor=\` gives \`{ items, nextCursor }\`; where the data is Greenhouse's, also \`total\` and \`stamp\`:
  source, completeness, coverage and time. \`nextCursor\` null: that was all.
- **Filters** of several words take them with commas between, or are given several times.
- **Streams**: with \`Accept: text/event-stream\` an endpoint marked *streams* sends each event as a \`data:\` line; a failure on
  the way is \`event: error\` with the error's body.
- **Errors**: \`{ "error": { "code", "message", "cure"? } }\`. Besides the codes of each endpoint any may answer
  \`not_authorized\`, \`not_allowed\`, \`unclaimed\`, \`host_not_allowed\`, \`origin_not_allowed\`, \`second_factor_missing\`,
  \`too_many_tries\` (with \`Retry-After\`) and \`internal\`.
- **The whole as OpenAPI 3.1**: \`GET ${API}/openapi.json\`.

\`\`\`sh
curl -H "Authorization: Bearer $GLASSHOUSE_TOKEN" http://127.0.0.1:4180${API}/connections
\`\`\`

Outside of the base: \`GET /healthz\` (lives), \`GET /readyz\` (ready, or 503 with \`not_ready\`, also while the database doesn't answer), \`GET /metrics\` (Prometheus'
text; needs the role operator, without a limit to some connections).
`;

type Json = Record<string, unknown> & {
  type?: string | string[];
  properties?: Record<string, Json>;
  required?: string[];
  items?: Json;
  anyOf?: Json[];
  oneOf?: Json[];
  enum?: unknown[];
  const?: unknown;
  $ref?: string;
  description?: string;
  default?: unknown;
  additionalProperties?: Json | boolean;
};

/** Schemas with a name stand once, at the end of the page. */
type Named = Map<string, Json>;

/** docs/api.md */
export function reference(): string {
  const named: Named = new Map();
  const groups = Map.groupBy(
    Object.entries(endpoints) as [string, Endpoint][],
    ([, endpoint]) => endpoint.group,
  );
  const sections = [...groups].map(
    ([group, each]) =>
      `## ${group}\n\n${each.map(([, endpoint]) => endpointText(endpoint, named)).join("\n")}`,
  );
  const objects = [...named].toSorted(([a], [b]) => a.localeCompare(b));
  const parts = objects.map(([name, schema]) => `### ${name}\n\n${fields(schema, "Field")}`);
  return [INTRO, ...sections, `## Objects\n\n${parts.join("\n")}`, `## Errors\n\n${errorTable()}`].join("\n");
}

const BY = {
  any: "",
  session: ", signed in with a session",
  person: ", signed in with a session or on the server's machine",
};

function endpointText(endpoint: Endpoint, named: Named): string {
  const { method, path, summary, params, query, body, answer, stream, file, errors } = endpoint;
  const status = endpoint.status ?? 200;
  return [
    `### \`${method} ${path}\`\n\n${summary}\n`,
    `Needs: \`${endpoint.needs}\`${BY[endpoint.by ?? "any"]}\n`,
    ...(params ? [fields(schemaOf(params, "input", named), "Parameter")] : []),
    ...(query ? [fields(schemaOf(query, "input", named), "Query")] : []),
    ...(body ? [fields(schemaOf(body, "input", named), "Body")] : []),
    `Answer (${status}): ${file ? `a file, ${file.map((type) => `\`${type}\``).join(" or ")}` : typeText(schemaOf(answer, "output", named))}\n`,
    ...(stream ? [`Streams: ${typeText(schemaOf(stream, "output", named))}\n`] : []),
    ...(errors.length > 0 ? [`Errors: ${errors.map((code) => `\`${code}\``).join(", ")}\n`] : []),
  ].join("\n");
}

function schemaOf(schema: z.ZodType, io: "input" | "output", named: Named): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;
  const { $defs = {}, ...rest } = json as Json & { $defs?: Record<string, Json> };
  for (const [name, definition] of Object.entries($defs)) named.set(name, definition);
  const { id } = rest;
  if (typeof id !== "string") return rest;
  named.set(id, rest);
  return { $ref: `#/$defs/${id}` };
}

function fields(schema: Json, heading: string): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const note = [
      field.description ?? "",
      field.default === undefined ? "" : `default \`${JSON.stringify(field.default)}\``,
    ].filter(Boolean);
    const optional = required.has(name) || field.default !== undefined ? "" : "?";
    return `| \`${name}\`${optional} | ${typeText(field)} | ${note.join("; ").replaceAll("|", "\\|")} |`;
  });
  if (rows.length === 0) return "";
  return [`| ${heading} | Type | |`, "| --- | --- | --- |", ...rows, ""].join("\n");
}

/** A schema in a line: names of objects as links, everything else spelled out. */
function typeText(schema: Json): string {
  const { $ref, anyOf, oneOf, enum: words } = schema;
  if ($ref) {
    const name = $ref.split("/").at(-1)!;
    return `[${name}](#${name.toLowerCase()})`;
  }
  const some = anyOf ?? oneOf;
  if (some) return [...new Set(some.map(typeText))].join(" or ");
  if (words) return words.map((word) => `\`${word}\``).join(", ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.type === "array") return `list of ${schema.items ? typeText(schema.items) : "anything"}`;
  if (schema.type === "object") {
    if (schema.properties) {
      const required = new Set(schema.required ?? []);
      const each = Object.entries(schema.properties).map(
        ([name, field]) => `\`${name}\`${required.has(name) ? "" : "?"}: ${typeText(field)}`,
      );
      return `{ ${each.join("; ")} }`;
    }
    const values = schema.additionalProperties;
    return typeof values === "object" ? `object of ${typeText(values)}` : "object";
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : schema.type;
  return type === undefined ? "text" : type === "string" ? "text" : type;
}

function errorTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return ["| Code | Status | Meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

/** What the console needs to know of the contract when it runs; the contract itself is more than a browser should load. */
export function endpointTable(): string {
  const lines = Object.entries(endpoints).map(
    ([name, { method, path }]) => `  ${name}: "${method} ${path}",\n`,
  );
  return `/** Method and path of each endpoint. Generated from src/api/contract/ by src/api/reference.ts. */
import type { EndpointName } from "../../src/api/contract.ts";

export const ENDPOINTS: Record<EndpointName, string> = {
${lines.join("")}};
`;
}

if (import.meta.main) {
  const root = dirname(dirname(import.meta.dirname));
  writeFileSync(join(root, "docs", "api.md"), reference());
  writeFileSync(join(root, "web", "api", "endpoints.ts"), endpointTable());
}
