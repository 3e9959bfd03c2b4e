/** Whether rows that are shown are of one reading, and the newest: told by what their pages rest on. */

export interface Behind {
  /** `mixed`: some rows are of a newer reading than others. `newer`: there is newer than all of them. */
  why: "mixed" | "newer";
  /** Reads the list anew from its first row. */
  again: () => void;
}

interface Listing {
  run: number;
}
/** What of a page of a list tells its age. */
export interface ReadPage {
  items: readonly unknown[];
  total?: number | null;
  stamp?: { listing: Listing | null; grantsListing: Listing | null; at: string };
  /** Of the first page alone: something that the list shows was changed here since. */
  changed?: true;
}

/**
 * @param now the list's first row, asked for again; undefined: it was not
 * @param ofWhatIs its rows are what is, and not what happened
 */
export function whyBehind(
  pages: readonly ReadPage[],
  now: ReadPage | undefined,
  ofWhatIs: boolean,
): Behind["why"] | null {
  const [first] = pages;
  if (!first) return null;
  if (ofWhatIs && pages.some((page) => runsOf(page) !== runsOf(first))) return "mixed";
  if (first.changed || (now && told(now, ofWhatIs) !== told(first, ofWhatIs))) return "newer";
  return null;
}

/** The listings that a page rests on. */
const runsOf = ({ stamp }: ReadPage) => stamp && `${stamp.listing?.run} ${stamp.grantsListing?.run}`;

/** What of an answer would be another one after a change; of what happened only that more has. */
const told = ({ items, total, stamp }: ReadPage, ofWhatIs: boolean) =>
  JSON.stringify([items[0], total, ofWhatIs && stamp && { ...stamp, at: null }]);
