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

/** A question that has no answer as it is asked: the message says how to ask it. */
export class QueryRefused extends Error {
  override name = "QueryRefused";
}
