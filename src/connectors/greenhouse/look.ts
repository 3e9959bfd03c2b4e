/** Reads back what a change is about: the only proof that it was done. */
import type { Write, WriteKind } from "../../model/action.ts";
import type { Look } from "../acting.ts";
import { ConnectorError } from "../errors.ts";
import { links } from "../link.ts";
import type { Authorization } from "./auth.ts";
import type { Answer, Caller } from "./call.ts";
import { list } from "./harvest-v3.ts";
import { LinkTrail } from "./next-link.ts";
import { Questions } from "./questions.ts";

type Row = Record<string, unknown>;
type Lifecycle = Exclude<WriteKind, "remove_job_grant" | "remove_future_job_grant">;
type Removal = Write & { grantId: string };

/** api.md §2.2: at most so many ids in one question. */
const IDS_AT_ONCE = 50;
const PER_PAGE = 500;
const GRANTS_V3 = {
  remove_job_grant: "/v3/user_job_permissions",
  remove_future_job_grant: "/v3/future_job_permissions",
};
const GRANTS_V1 = { remove_job_grant: "jobs", remove_future_job_grant: "future_jobs" };

export class Looks {
  readonly #caller: Caller;
  readonly #authorization: Authorization;

  constructor(caller: Caller, authorization: Authorization) {
    this.#caller = caller;
    this.#authorization = authorization;
  }

  async look(writes: readonly Write[]): Promise<Look[]> {
    const looks: Look[] = [];
    const v1 = this.#caller.options.credential.kind === "harvest_v1";
    for (let from = 0; from < writes.length; from += IDS_AT_ONCE) {
      const some = writes.slice(from, from + IDS_AT_ONCE);
      const [first] = some;
      if (v1) for (const write of some) looks.push(await this.#v1(write));
      else if ("grantId" in first!) looks.push(...(await this.#grants(some as Removal[])));
      else looks.push(...(await this.#users(some)));
    }
    return looks;
  }

  async #users(writes: readonly Write[]): Promise<Look[]> {
    const ids = writes.map(({ userId }) => userId);
    const rows = await this.#asked("/v3/users", new Set(ids), {
      show_service_accounts: "true",
      fields: "id,name,primary_email,deactivated,site_admin",
    });
    const revoked = writes[0]!.kind === "revoke_to_basic" ? await this.#withGrants(ids) : null;
    return writes.map(({ kind, userId }) => {
      const row = rows.find((each) => String(each.id) === userId);
      const user = row ? shown(row, row.deactivated, row.primary_email) : null;
      const held = revoked === null || revoked === "unseen" ? revoked : revoked.has(userId);
      return { user, so: user && isSo(kind as Lifecycle, user, held) };
    });
  }

  /** Which of these people hold any grant. */
  async #withGrants(userIds: readonly string[]): Promise<ReadonlySet<string> | "unseen"> {
    const holders = new Set<string>();
    try {
      for (const path of Object.values(GRANTS_V3)) await this.#addHolders(path, userIds, holders);
      return holders;
    } catch (error) {
      if (error instanceof ConnectorError && error.family === "refused") return "unseen";
      throw error;
    }
  }

  /** A full page leaves open who else holds grants: those who aren't on it are asked about again. */
  async #addHolders(path: string, userIds: readonly string[], holders: Set<string>): Promise<void> {
    for (let open = userIds.filter((id) => !holders.has(id)); open.length > 0; ) {
      const query = { user_ids: open.join(","), fields: "id,user_id", per_page: String(PER_PAGE) };
      const { all, answer } = await this.#rows(path, query);
      for (const row of all) holders.add(String(row.user_id));
      if (all.length < PER_PAGE && !links(answer.headers.link).has("next")) return;
      const left = open.filter((id) => !holders.has(id));
      // The filter was overlooked: nothing is known of them.
      if (left.length === open.length) for (const id of left) holders.add(id);
      open = open.filter((id) => !holders.has(id));
    }
  }

  async #grants(writes: readonly Removal[]): Promise<Look[]> {
    const ids = new Set(writes.map(({ grantId }) => grantId));
    const path = GRANTS_V3[writes[0]!.kind as keyof typeof GRANTS_V3];
    const rows = await this.#asked(path, ids, { fields: "id,user_id" });
    const there = new Set(rows.map((row) => String(row.id)));
    // Nobody who may not look sees anything: that no row is shown proves something only to somebody who sees others.
    const sees =
      there.size > 0 ||
      (await new Questions(this.#caller, this.#authorization).glance("/v3/users")).can === "rows";
    return writes.map(({ grantId }) => ({ user: null, so: there.has(grantId) ? false : sees || null }));
  }

  async #v1(write: Write): Promise<Look> {
    if ("grantId" in write) {
      const held = await this.#v1Grants(write.userId, GRANTS_V1[write.kind]);
      return { user: null, so: held && !held.has(write.grantId) };
    }
    let row: Row;
    try {
      const url = this.#caller.url("harvest", `/v1/users/${write.userId}`);
      row = ((await this.#authorization.harvest({ method: "GET", url, families: ["v1"] })).body ?? {}) as Row;
    } catch (error) {
      if (error instanceof ConnectorError && error.ask.status === 404) return { user: null, so: null };
      throw error;
    }
    if (String(row.id) !== write.userId) return { user: null, so: null };
    const user = shown(row, row.disabled, row.primary_email_address);
    if (write.kind !== "revoke_to_basic") return { user, so: isSo(write.kind, user, null) };
    const grants = [
      await this.#v1Grants(write.userId, "jobs"),
      await this.#v1Grants(write.userId, "future_jobs"),
    ];
    const held = grants.some((each) => each === null) ? "unseen" : grants.some((each) => each!.size > 0);
    return { user, so: isSo(write.kind, user, held) };
  }

  /** Ids of one user's grants; null: more than a page of them, so absence proves nothing. */
  async #v1Grants(userId: string, what: string): Promise<Set<string> | null> {
    const url = this.#caller.url("harvest", `/v1/users/${userId}/permissions/${what}`, {
      per_page: String(PER_PAGE),
    });
    const answer = await this.#authorization.harvest({ method: "GET", url, families: ["v1"] });
    const rows = list(answer) as Row[];
    const more = rows.length >= PER_PAGE || links(answer.headers.link).has("next");
    return more ? null : new Set(rows.map((row) => String(row.id)));
  }

  /** The rows with these ids: pages may be shorter than asked for. */
  async #asked(path: string, ids: ReadonlySet<string>, query: Record<string, string>): Promise<Row[]> {
    const trail = new LinkTrail(this.#caller.options.origins.harvest);
    const found = new Map<string, Row>();
    const asked = { ids: [...ids].join(","), ...query, per_page: String(PER_PAGE) };
    for (let url: URL | null = this.#caller.url("harvest", path, asked); url; ) {
      const answer: Answer = await this.#authorization.harvest({ method: "GET", url, families: ["v3"] });
      const rows = list(answer) as Row[];
      refuseOthers(answer, rows, ids);
      const before = found.size;
      for (const row of rows) found.set(String(row.id), row);
      url = trail.next(answer, url, found.size - before);
    }
    return [...found.values()];
  }

  async #rows(path: string, query: Record<string, string>): Promise<{ all: Row[]; answer: Answer }> {
    const url = this.#caller.url("harvest", path, query);
    const answer = await this.#authorization.harvest({ method: "GET", url, families: ["v3"] });
    return { all: list(answer) as Row[], answer };
  }
}

function shown(row: Row, deactivated: unknown, email: unknown): NonNullable<Look["user"]> {
  const text = (value: unknown) => (typeof value === "string" ? value.trim() || null : null);
  return {
    name: text(row.name),
    email: text(email),
    deactivated: deactivated === true,
    siteAdmin: row.site_admin === true,
  };
}

/** `held`: does the user hold any grant; "unseen": the credential may not look. */
function isSo(
  kind: Lifecycle,
  user: NonNullable<Look["user"]>,
  held: boolean | "unseen" | null,
): boolean | null {
  if (kind === "deactivate") return user.deactivated;
  if (kind === "reactivate") return !user.deactivated;
  if (user.siteAdmin || held === true) return false;
  return held === "unseen" ? null : true;
}

/** A filter that was overlooked answers with everybody: nothing follows from who is missing in such an answer. */
function refuseOthers(answer: Answer, rows: readonly Row[], asked: ReadonlySet<string>): void {
  if (rows.every((row) => asked.has(String(row.id)))) return;
  throw new ConnectorError(
    "unreadable",
    `${answer.ask.path} answered with rows that weren't asked for`,
    answer.ask,
    { fault: "shape", said: "rows that weren't asked for" },
  );
}
