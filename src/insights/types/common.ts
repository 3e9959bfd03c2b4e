/** What every answer has: names, pages, and the stamp that says what it rests on. */

export interface SpanView {
  from: string;
  to: string;
}

/** A span that was never read, or can't be. `cause`: `not_read`, `silent`, or the reader's word. */
export interface HoleView extends SpanView {
  cause: string;
}

/** Source, scope, completeness and time of an answer: what an auditor asks for. */
export interface Stamp {
  /** The connection's name. */
  connection: string;
  /** The complete listing that the answer rests on; null: none yet. */
  listing: { run: number; completedAt: string; complete: true } | null;
  /** When the grants were last listed completely; null: never. */
  grantsListing: { run: number; completedAt: string; complete: true } | null;
  /** Spans for which use has been read completely. */
  coverage: SpanView[];
  holes: HoleView[];
  /** What Greenhouse doesn't tell. */
  sentence: string;
  asOf: string | null;
  at: string;
  /** A made-up organization: nobody in it exists. */
  sample: boolean;
}

export interface Listed<T> {
  items: T[];
  nextCursor: string | null;
  /** Rows that fit the filter; told with the first page, null on later ones. */
  total: number | null;
  stamp: Stamp;
}

export interface Named {
  id: string;
  /** null: Greenhouse's list doesn't have it, or gives no name. */
  name: string | null;
}
