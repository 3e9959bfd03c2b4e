/** Reads the Markdown of docs/: its sections, and the rows of its tables. */

interface Row {
  section: string;
  /** By the heading of the column. */
  cells: Record<string, string>;
}
interface Section {
  title: string;
  level: number;
  /** Up to the next heading of any level. */
  body: string;
}

export function sectionsOf(page: string): Section[] {
  const sections: Section[] = [];
  let fenced = false;
  for (const line of page.split("\n")) {
    if (line.startsWith("```")) fenced = !fenced;
    const heading = fenced ? null : /^(#+) (.*)$/.exec(line);
    if (heading) sections.push({ title: heading[2]!.trim(), level: heading[1]!.length, body: "" });
    else if (sections.length > 0) sections.at(-1)!.body += `${line}\n`;
  }
  return sections;
}

export function rowsOf(page: string): Row[] {
  return sectionsOf(page).flatMap(({ title, body }) => {
    let columns: string[] = [];
    return body.split("\n").flatMap((line): Row[] => {
      if (!line.startsWith("|")) {
        columns = [];
        return [];
      }
      // A pipe in code is written \| there.
      const cells = line
        .slice(1, line.lastIndexOf("|"))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim());
      if (columns.length === 0) {
        columns = cells;
        return [];
      }
      if (cells.every((cell) => /^:?-+:?$/.test(cell))) return [];
      return [
        { section: title, cells: Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""])) },
      ];
    });
  });
}

export const bare = (text: string) => /^`([^`]+)`/.exec(text)?.[1] ?? null;

/** GitHub's anchors. */
export function anchorsOf(page: string): Set<string> {
  const anchors = sectionsOf(page).map(({ title }) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
  return new Set(anchors);
}
