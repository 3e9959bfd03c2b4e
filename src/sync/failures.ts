/** The listing ended, but can't be the whole truth: nothing of what it lacks is taken for absent. */
export class IncompleteListing extends Error {
  override name = "IncompleteListing";
  readonly why: "users_empty" | "admin_user_unknown" | "no_site_admin";
  constructor(why: "users_empty" | "admin_user_unknown" | "no_site_admin") {
    super(`the users listing is not complete: ${why}`);
    this.why = why;
  }
}

/** A complete, wrong list: none of the users we know is in it. Nothing of it was stored. */
export class OtherAccount extends Error {
  override name = "OtherAccount";
  readonly known: number;
  constructor(known: number) {
    super(`none of ${known} known users is in this account`);
    this.known = known;
  }
}
