/** A cursor that isn't one of ours, or belongs to another list or order. */
export class InvalidCursor extends Error {
  override name = "InvalidCursor";
  constructor() {
    super("This cursor doesn't belong to this list in this order. Start again without it.");
  }
}

/** Nothing proves how the list stood at that time. */
export class NotKnownThen extends Error {
  override name = "NotKnownThen";
  /** ms; null: there is no complete listing yet. */
  readonly knownSince: number | null;
  constructor(knownSince: number | null) {
    const first =
      knownSince === null ? "not read completely yet" : `first read on ${new Date(knownSince).toISOString()}`;
    super(`Not known: ${first}.`);
    this.knownSince = knownSince;
  }
}

/** Only what has been can be known: a later time has no list. */
export function refuseFuture(asOf: number, now: number): void {
  if (asOf <= now) return;
  throw new QueryRefused(`asOf: ${new Date(asOf).toISOString()} has not come yet. Leave it out for now.`);
}

/** A question that has no answer as it is asked: the message says how to ask it. */
export class QueryRefused extends Error {
  override name = "QueryRefused";
}
