/** Tables that fit the terminal: columns shrink with `…`, then the least important ones are left out. */
import { paint, type Terminal, type Tone, write } from "./terminal.ts";
import { cut, harmless, pad, widthOf } from "./text.ts";

export interface Column<T> {
  name: string;
  value: (row: T) => string;
  right?: boolean;
  /** Narrowest it may become. */
  min?: number;
  /** Widest it becomes while others are short of room. */
  max?: number;
  /** Left out first where there isn't room for all: the highest. 0: never. */
  rank?: number;
  tone?: (row: T) => Tone;
}

interface Fitted<T> {
  column: Column<T>;
  width: number;
}

const GAP = 2;
const NARROWEST = 6;

/**
 * Widths for the columns, from the rows seen so far.
 *
 * @param columns of the terminal; null: as wide as the rows need
 */
export function fit<T>(columns: readonly Column<T>[], rows: readonly T[], room: number | null): Fitted<T>[] {
  const wanted = columns.map((column) => ({
    column,
    width: Math.max(widthOf(column.name), ...rows.map((row) => widthOf(harmless(column.value(row))))),
  }));
  if (room === null) return wanted;
  for (;;) {
    const fitted = shrink(wanted, room);
    if (fitted) return fitted;
    const least = wanted.reduce((a, b) => ((b.column.rank ?? 0) > (a.column.rank ?? 0) ? b : a));
    if ((least.column.rank ?? 0) === 0 || wanted.length === 1) return squeeze(wanted, room);
    wanted.splice(wanted.indexOf(least), 1);
  }
}

const total = (fitted: readonly { width: number }[]) =>
  fitted.reduce((sum, { width }) => sum + width, 0) + GAP * (fitted.length - 1);

const narrowest = <T>({ column, width }: Fitted<T>) =>
  Math.min(width, Math.max(widthOf(column.name), column.min ?? (column.right ? width : NARROWEST)));

/** Takes from the widest column, again and again, down to what each bears; null: not even that fits. */
function shrink<T>(wanted: readonly Fitted<T>[], room: number): Fitted<T>[] | null {
  if (wanted.reduce((sum, each) => sum + narrowest(each), 0) + GAP * (wanted.length - 1) > room) return null;
  const fitted = wanted.map((each) => ({ ...each }));
  while (total(fitted) > room) {
    const movable = fitted.filter((each) => each.width > narrowest(each));
    movable.reduce((a, b) => (b.width > a.width ? b : a)).width--;
  }
  return fitted;
}

/** What may not be left out on a terminal too narrow for it: equal shares. */
function squeeze<T>(wanted: readonly Fitted<T>[], room: number): Fitted<T>[] {
  const share = Math.max(1, Math.floor((room - GAP * (wanted.length - 1)) / wanted.length));
  return wanted.map(({ column, width }) => ({ column, width: Math.min(width, share) }));
}

/** Prints rows as they come; the first ones decide the widths. */
export class TableWriter<T> {
  readonly #columns: readonly Column<T>[];
  readonly #terminal: Terminal;
  #fitted: Fitted<T>[] | null = null;

  constructor(terminal: Terminal, columns: readonly Column<T>[]) {
    this.#terminal = terminal;
    this.#columns = columns;
  }

  /** Names of the columns for which there was no room. */
  get leftOut(): string[] {
    const shown = new Set(this.#fitted?.map(({ column }) => column));
    return this.#columns.filter((column) => !shown.has(column)).map(({ name }) => name);
  }

  async write(rows: readonly T[]): Promise<void> {
    const { columns, out } = this.#terminal;
    if (!this.#fitted) {
      this.#fitted = fit(this.#columns, rows, columns);
      const head = this.#fitted.map(({ column, width }, i) => this.#cell(column.name, column, width, i));
      await write(out, `${paint(this.#terminal, "strong", head.join(" ".repeat(GAP)).trimEnd())}\n`);
    }
    for (const row of rows) {
      const cells = this.#fitted.map(({ column, width }, i) => {
        const text = this.#cell(harmless(column.value(row)), column, width, i);
        return column.tone ? paint(this.#terminal, column.tone(row), text) : text;
      });
      await write(out, `${cells.join(" ".repeat(GAP)).trimEnd()}\n`);
    }
  }

  #cell(text: string, column: Column<T>, width: number, index: number): string {
    // In a pipe a later, longer value is written whole rather than cut.
    const short = this.#terminal.columns === null ? text : cut(text, width);
    const last = index === this.#fitted!.length - 1;
    return last && !column.right ? short : pad(short, width, column.right);
  }
}
