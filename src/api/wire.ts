/** How calls and streams of the API stand in bytes, for all of its clients. It imports nothing: pages run it as well. */

export const API = "/api/v1";

/** The header of what a page asks by itself while nobody is at it: no use of its session. */
export const UNATTENDED = "glasshouse-unattended";

/** Where a call goes: `path` as the contract writes it (`/users/{id}`), filled in. */
export function addressOf(
  path: string,
  { params, query }: { params?: Record<string, unknown>; query?: Record<string, unknown> },
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(params?.[key])));
  return API + filled + queryText(query);
}

/** Undefined and null are left out; several values become several parameters. */
function queryText(query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) search.append(key, String(each));
    }
  }
  return search.size > 0 ? `?${search}` : "";
}

/** Server-sent events out of what arrives of a stream; comments are skipped. */
export async function* events(
  chunks: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<{ event: string; data: string }, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    const blocks = rest.split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split("\n")
          .flatMap((line) => (line.startsWith(`${name}: `) ? line.slice(name.length + 2) : []));
      const data = field("data").join("\n");
      if (data !== "") yield { event: field("event")[0] ?? "message", data };
    }
  }
}
