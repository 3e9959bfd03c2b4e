/** Statements over many rows at once, and lists as one parameter. What each engine is good at stays behind these functions. */
import { CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Schema } from "../schema.ts";
import type { Db, Tx } from "../store.ts";
import { columnTypes } from "./column-types.ts";
import { Rows } from "./dialect.ts";
import { type Engine, engineOf, perEngine } from "./engine.ts";

type Table = keyof Schema;
type Values = readonly (readonly unknown[])[];

/**
 * Inserts rows given as arrays in the order of `columns`. SQLite runs the statement for each in one message to the
 * writer's thread; PostgreSQL once, over an array for each column.
 *
 * @param onConflict what follows `on conflict`, such as `do nothing`; without it a conflict fails
 * @returns how many rows were changed in all
 */
export function insertRows(
  tx: Tx,
  table: Table,
  columns: readonly string[],
  rows: Values,
  onConflict?: string,
): Promise<number> {
  const conflict = onConflict ? ` on conflict ${onConflict}` : "";
  const into = `insert into "${table}" (${columns.join(", ")})`;
  if (engineOf(tx) === "sqlite") {
    const marks = columns.map(() => "?").join(", ");
    return forEach(tx, `${into} values (${marks})${conflict}`, rows);
  }
  return overArrays(tx, { table, columns, rows }, (given) => `${into} select * from ${given}${conflict}`);
}

/** Rows that a statement is run for, their values in the order of `names`: columns of the table, which tell the types. */
export interface ManyRows {
  names: readonly string[];
  rows: Values;
}

/**
 * Updates each row of `table` whose `key` columns equal those of a given one.
 * @param set the table is `t`, a given value `$name`: such as `n = t.n + $n`
 */
export function updateRows(
  tx: Tx,
  table: Table,
  key: readonly string[],
  set: readonly string[],
  given: ManyRows,
): Promise<number> {
  return forEachKey(tx, table, key, given, {
    sqlite: `update "${table}" as t set ${set.join(", ")} where`,
    postgres: `update "${table}" as t set ${set.join(", ")} from given where`,
  });
}

/** Deletes each row whose `key` columns equal those of a given one, and that fits `and` (over `t`) too. */
export function deleteRows(
  tx: Tx,
  table: Table,
  key: readonly string[],
  rows: Values,
  and = "true",
): Promise<number> {
  return forEachKey(
    tx,
    table,
    key,
    { names: key, rows },
    {
      sqlite: `delete from "${table}" as t where ${and} and`,
      postgres: `delete from "${table}" as t using given where ${and} and`,
    },
  );
}

function forEachKey(
  tx: Tx,
  table: Table,
  key: readonly string[],
  { names, rows }: ManyRows,
  begin: Record<Engine, string>,
): Promise<number> {
  const where = key.map((column) => `t."${column}" = $${column}`).join(" and ");
  const engine = engineOf(tx);
  const statement = `${begin[engine]} ${where}`;
  const put = (as: (name: string) => string) =>
    statement.replace(/\$([a-z_]+)/g, (_, name: string) => as(name));
  if (engine === "sqlite") {
    // Its driver knows places in the order of the statement alone.
    const places: number[] = [];
    const marked = put((name) => {
      places.push(names.indexOf(name));
      return "?";
    });
    return forEach(
      tx,
      marked,
      rows.map((row) => places.map((place) => row[place])),
    );
  }
  const over = put((name) => `given."${name}"`);
  return overArrays(
    tx,
    { table, columns: names, rows },
    (arrays) => `with given as (select * from ${arrays}) ${over}`,
  );
}

/** SQLite: one statement, once for each row of parameters. */
async function forEach(tx: Tx, statement: string, rows: Values): Promise<number> {
  if (rows.length === 0) return 0;
  const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(statement, [new Rows(rows)]));
  return Number(numAffectedRows ?? 0n);
}

/** PostgreSQL: one statement over all rows. */
async function overArrays(
  tx: Tx,
  { table, columns, rows }: { table: Table; columns: readonly string[]; rows: Values },
  statement: (given: string) => string,
): Promise<number> {
  if (rows.length === 0) return 0;
  const types = await columnTypes(tx, table);
  const arrays = columns.map((column, i) => `$${i + 1}::${types.get(column) ?? "text"}[]`);
  const names = columns.map((column) => `"${column}"`).join(", ");
  const given = `unnest(${arrays.join(", ")}) as given (${names})`;
  const parameters = columns.map((_, i) => rows.map((row) => row[i] ?? null));
  const { numAffectedRows } = await tx.executeQuery(CompiledQuery.raw(statement(given), parameters));
  return Number(numAffectedRows ?? 0n);
}

/** What a column of `given` holds: `bytes` are given as hexadecimal text, `number` and `id` as numbers or digits. */
export type GivenType = "number" | "id" | "text" | "bytes";

/** Rows as a table for `from ${given(…)}`, whose columns bear these names. One parameter, or one a column. */
export function given(tx: Db | Tx, columns: Record<string, GivenType>, rows: Values): RawBuilder<unknown> {
  const names = Object.keys(columns);
  if (engineOf(tx) === "sqlite") {
    const picked = names.map((name, i) => sql`${GIVEN[columns[name]!].sqlite(i)} as ${sql.ref(name)}`);
    return sql`(select ${sql.join(picked)} from json_each(${JSON.stringify(rows)})) as given`;
  }
  const arrays = names.map((name, i) => {
    const type = columns[name]!;
    const column = rows.map((row) => row[i] ?? null);
    const values = type === "bytes" ? column.map((hex) => hex && `\\x${hex}`) : column;
    return sql`cast(${values} as ${sql.raw(GIVEN[type].postgres)}[])`;
  });
  return sql`unnest(${sql.join(arrays)}) as given (${sql.join(names.map((name) => sql.ref(name)))})`;
}

const GIVEN: Record<GivenType, { sqlite: (i: number) => RawBuilder<unknown>; postgres: string }> = {
  number: { sqlite: (i) => sql`value->>${sql.lit(i)}`, postgres: "bigint" },
  // A cast, or 19 digits would stay text.
  id: { sqlite: (i) => sql`cast(value->>${sql.lit(i)} as integer)`, postgres: "bigint" },
  text: { sqlite: (i) => sql`value->>${sql.lit(i)}`, postgres: "text" },
  bytes: { sqlite: (i) => sql`unhex(value->>${sql.lit(i)})`, postgres: "bytea" },
};

/** `(1, 2, …)` for `column in ${idList(ids)}`: one parameter, however many ids. They are exact. */
export function idList(ids: readonly string[]): RawBuilder<string> {
  for (const id of ids) {
    if (!/^-?\d{1,19}$/.test(id)) throw new TypeError("an id must be a number of at most 19 digits");
  }
  return perEngine({
    sqlite: sql`(select value from json_each(${`[${ids.join(",")}]`}))`,
    postgres: sql`(select unnest(cast(${[...ids]} as bigint[])))`,
  });
}

/** The same for texts. */
export function textList(texts: Iterable<string>): RawBuilder<string> {
  const list = [...texts];
  return perEngine({
    sqlite: sql`(select value from json_each(${JSON.stringify(list)}))`,
    postgres: sql`(select unnest(cast(${list} as text[])))`,
  });
}
