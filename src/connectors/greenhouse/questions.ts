/** Cheap questions that split causes which look alike. Each costs one request, and asks for nobody's data. */
import type { Ask } from "../../model/verdict.ts";
import type { KnownUser } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import type { Authorization } from "./auth.ts";
import type { Answer, Caller } from "./call.ts";
import { LinkTrail } from "./next-link.ts";

/** What a list says to whoever asks for one row of it. */
export type Glance = { can: "rows" | "empty" | "refused"; ask: Ask };

/** What Greenhouse says of one user, and the request that told it; "unseen": it may not be asked, so nothing follows. */
export interface LookedUp {
  says:
    | { user: Pick<KnownUser, "id" | "name"> & { deactivated: boolean; siteAdmin: boolean } }
    | "nobody"
    | "unseen";
  ask: Ask;
}

export class Questions {
  readonly #caller: Caller;
  readonly #authorization: Authorization;

  constructor(caller: Caller, authorization: Authorization) {
    this.#caller = caller;
    this.#authorization = authorization;
  }

  get v3(): boolean {
    return this.#caller.options.credential.kind === "harvest_v3";
  }

  /** One row of a list. Throws what is no refusal: network, trouble, an unreadable answer. */
  async glance(path: string, subject?: string | null): Promise<Glance> {
    try {
      const { body, ask } = await this.firstRow(path, subject);
      return { can: Array.isArray(body) && body.length > 0 ? "rows" : "empty", ask };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { can: "refused", ask: error.ask };
    }
  }

  /** The first row of a list; on v3 nothing of it but its ID, unless Greenhouse doesn't take the question so. */
  async firstRow(path: string, subject?: string | null): Promise<Answer> {
    const ask = (query: Record<string, string>) => {
      const url = this.#caller.url("harvest", path, { per_page: "1", ...query });
      return this.#authorization.harvest({ method: "GET", url, families: [this.v3 ? "v3" : "v1"] }, subject);
    };
    if (!this.v3) return ask({});
    try {
      return await ask({ fields: "id" });
    } catch (error) {
      const refused = error instanceof ConnectorError && error.family === "invalid" && error.fault === null;
      if (!refused) throw error;
      return ask({});
    }
  }

  /**
   * Looks a user up by ID. v3: in the list of users, as `subject` sees it; an empty answer proves something only if
   * the same subject sees any user at all. v1: by the user's own address.
   */
  async lookUp(id: string, subject?: string | null): Promise<LookedUp> {
    try {
      return this.v3 ? await this.#lookUpV3(id, subject) : await this.#lookUpV1(id);
    } catch (error) {
      if (error instanceof ConnectorError && (error.family === "invalid" || isRefusal(error))) {
        return { says: "unseen", ask: error.ask };
      }
      throw error;
    }
  }

  /** Which of these users are shown when they are asked for; null: the question is refused. A filter that is overlooked tells of none. */
  async shown(userIds: readonly string[]): Promise<ReadonlySet<string> | null> {
    const shown = new Set<string>();
    try {
      if (!this.v3) {
        for (const id of userIds) if ((await this.#rowV1(id)).row) shown.add(id);
        return shown;
      }
      const query = { ids: userIds.join(","), show_service_accounts: "true", fields: "id", per_page: "500" };
      const trail = new LinkTrail(this.#caller.options.origins.harvest);
      for (let url: URL | null = this.#caller.url("harvest", "/v3/users", query); url; ) {
        const answer: Answer = await this.#authorization.harvest({ method: "GET", url, families: ["v3"] });
        const before = shown.size;
        for (const row of Array.isArray(answer.body) ? answer.body : []) shown.add(String(row?.id));
        if (![...shown].every((id) => userIds.includes(id))) return new Set();
        // Pages may be shorter than asked for.
        url = trail.next(answer, url, shown.size - before);
      }
      return shown;
    } catch (error) {
      if (error instanceof ConnectorError && (error.family === "invalid" || isRefusal(error))) return null;
      throw error;
    }
  }

  /** A user at their own address; a `row` of null with 404: there is none. */
  async #rowV1(id: string): Promise<{ row: Record<string, unknown> | null; ask: Ask }> {
    const url = this.#caller.url("harvest", `/v1/users/${id}`);
    try {
      const { body, ask } = await this.#authorization.harvest({ method: "GET", url, families: ["v1"] });
      const row = body as Record<string, unknown> | null;
      return { row: row && String(row.id) === id ? row : null, ask };
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.ask.status !== 404) throw error;
      return { row: null, ask: error.ask };
    }
  }

  async #lookUpV3(id: string, subject?: string | null): Promise<LookedUp> {
    const url = this.#caller.url("harvest", "/v3/users", {
      ids: id,
      show_service_accounts: "true",
      fields: "id,name,deactivated,site_admin",
    });
    const { body, ask } = await this.#authorization.harvest(
      { method: "GET", url, families: ["v3"] },
      subject,
    );
    const rows = Array.isArray(body) ? body : [];
    const row = rows.find((each) => String(each?.id) === id);
    if (row) return found(row, row.deactivated === true, ask);
    if (rows.length > 0) return { says: "unseen", ask }; // not the one asked for: the filter was not understood
    return { says: (await this.glance("/v3/users", subject)).can === "rows" ? "nobody" : "unseen", ask };
  }

  async #lookUpV1(id: string): Promise<LookedUp> {
    const { row, ask } = await this.#rowV1(id);
    if (row) return found(row, row.disabled === true, ask);
    const gone = ask.status === 404 && (await this.glance("/v1/users")).can === "rows";
    return { says: gone ? "nobody" : "unseen", ask };
  }
}

function found(row: Record<string, unknown>, deactivated: boolean, ask: Ask): LookedUp {
  const name = typeof row.name === "string" ? row.name.trim() || null : null;
  return {
    says: { user: { id: String(row.id), name, deactivated, siteAdmin: row.site_admin === true } },
    ask,
  };
}

/** It is the subject that isn't taken: with a 422 for the call, too. */
const NAMES_SUBJECT = /\bsub(ject)?\b|on.behalf.of/i;

/** An answer that says no: to the credential, the permission or the subject. */
export function isRefusal(error: unknown): error is ConnectorError {
  if (!(error instanceof ConnectorError)) return false;
  return (
    ["refused", "credential", "gone"].includes(error.family) ||
    (error.family === "invalid" && (isMint(error.ask) || NAMES_SUBJECT.test(error.said ?? "")))
  );
}

/** Whether a request was for a token, of either kind. */
export function isMint(ask: Ask): boolean {
  return ask.method === "POST" && (ask.path.endsWith("/token") || ask.path.endsWith("/jwt_access_token"));
}
