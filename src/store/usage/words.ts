import { sql } from "kysely";
import { given, textList } from "../engine/bulk.ts";
import { lockInstallation } from "../engine/engine.ts";
import type { Db, Tx } from "../store.ts";

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
  await lockInstallation(tx, "words");
  await sql`insert into word (text) select text from ${given(
    tx,
    { text: "text" },
    fresh.map((text) => [text]),
  )} where true on conflict do nothing`.execute(tx);
  return new Map([...words, ...(await knownWords(tx, fresh))]);
}

/** The numbers of those among these words that any event has ever held. */
export async function knownWords(db: Db | Tx, texts: Iterable<string>): Promise<Map<string, number>> {
  const { rows } = await sql<{ word: number; text: string }>`
    select word, text from word
    where text in ${textList(texts)}`.execute(db);
  return new Map(rows.map(({ word, text }) => [text, word]));
}
