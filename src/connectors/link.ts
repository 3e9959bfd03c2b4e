/** The Link header (RFC 8288), as tolerantly as api.md §1.2 and §2.2 ask for. */

const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]*))?)*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))/i;

/** Each relation's target: `rel` quoted or not, in any case, several in one header, several words in one `rel`. */
export function links(header: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, target, parameters] of (header ?? "").matchAll(LINK)) {
    const rel = REL.exec(parameters ?? "");
    for (const name of (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/)) {
      if (name && !found.has(name)) found.set(name, target!);
    }
  }
  return found;
}
