import Table from "cli-table3";

/** The last column takes what the terminal leaves, in as many lines as it needs. */
export function table(head: readonly string[], rows: readonly string[][]): string {
  const width = Math.max(100, process.stdout.columns ?? 140);
  const columns = head.slice(0, -1).map((title, i) => {
    const longest = Math.max(title.length, ...rows.map((row) => row[i]!.length));
    return Math.min(34, longest) + 2;
  });
  const rest = width - columns.reduce((sum, column) => sum + column + 1, 1) - 1;
  const drawn = new Table({
    head: [...head],
    colWidths: [...columns, Math.max(30, rest)],
    wordWrap: true,
    style: { head: [], border: [], compact: false },
  });
  drawn.push(...rows);
  return drawn.toString();
}
