/** The Link header (RFC 8288), as tolerantly as api.md §1.2 and §2.2 ask for. */

// No `<` within a target: a header of them alone would be searched to its end from each.
const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"[^"]*"|[^\s";,]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,]+)\s*(?:=\s*(?:"([^"]*)"|([^\s";,]*)))?/g;

/** Each relation's target: `rel` quoted or not, in any case, several in one header, several words in one `rel`. */
export function links(header: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, target, parameters] of (header ?? "").matchAll(LINK)) {
    const rel = [...parameters!.matchAll(PARAMETER)].find(([, name]) => name!.toLowerCase() === "rel");
    for (const name of (rel?.[2] ?? rel?.[3] ?? "").toLowerCase().split(/\s+/)) {
      if (name && !found.has(name)) found.set(name, target!);
    }
  }
  return found;
}
