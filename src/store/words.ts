import { sql } from "kysely";
import type { Db, Tx } from "./store.ts";

/** Stands for "none told" in keys that can't be null. */
export const NO_WORD = 0;

/** Words that recur in events (types, labels, requests) are kept once, under a small number. */
export type Words = ReadonlyMap<string, number>;

/** The numbers of these words; new ones are added. */
export async function wordsFor(tx: Tx, texts: Iterable<string | null>): Promise<Words> {
  const wanted = new Set(texts);
  wanted.delete(null);
  const words = await knownWords(tx, wanted as Set<string>);
  const fresh = ([...wanted] as string[]).filter((text) => !words.has(text));
  if (fresh.length === 0) return words;
  const { rows } = await sql<{ word: number; text: string }>`
    insert into word (text) select value from json_each(${JSON.stringify(fresh)}) where true
    on conflict do nothing returning word, text`.execute(tx);
  for (const { word, text } of rows) words.set(text, word);
  return words;
}

/** The numbers of those among these words that any event has ever held. */
export async function knownWords(db: Db | Tx, texts: Iterable<string>): Promise<Map<string, number>> {
  const { rows } = await sql<{ word: number; text: string }>`
    select word, text from word
    where text in (select value from json_each(${JSON.stringify([...texts])}))`.execute(db);
  return new Map(rows.map(({ word, text }) => [text, word]));
}
