/** Nothing was done, and the message says why. The codes are those of the API. */
export class ActionRefused extends Error {
  override name = "ActionRefused";
  readonly code:
    | "reads_only"
    | "listing_stale"
    | "not_possible"
    | "count_wrong"
    | "action_over"
    | "own_action"
    | "user_not_found"
    | "grant_not_found";
  readonly cure: string | undefined;

  constructor(code: ActionRefused["code"], message: string, cure?: string) {
    super(message);
    this.code = code;
    this.cure = cure;
  }
}
