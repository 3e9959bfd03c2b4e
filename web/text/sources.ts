/** What each source of use can show and can't, in the words of the API and the docs. */
import { SOURCE_TEXT } from "../../src/model/words.ts";
import type { UseSource } from "./words.ts";

export function sourceMeans(source: UseSource): string {
  const { shows, limits } = SOURCE_TEXT[source];
  return `${shows} ${limits}`;
}
