/**
 * Asks for one change. Bodies and answers of v3's writes aren't published (api.md §2.5, §8.9): the form for one person is
 * tried first, then the bulk form with one id; 200, 202 and 204 all mean that it was taken, and nothing more.
 */
import { saysNo, type Write } from "../../model/action.ts";
import type { Acted, BulkCounted } from "../acting.ts";
import { ConnectorError } from "../errors.ts";
import { StayAway } from "../limiter.ts";
import { failedToConnect } from "../network-errors.ts";
import type { Authorization } from "./auth.ts";
import type { Answer, Call, Caller } from "./call.ts";
import { isMint } from "./questions.ts";

/** How it is asked for. */
interface Form {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body?: string;
}

const VERBS = {
  deactivate: "deactivate",
  reactivate: "activate",
  revoke_to_basic: "revoke_permissions",
} as const;
type Lifecycle = keyof typeof VERBS;

/** Which body a bulk request takes isn't published: these are tried in turn. Exact: no number of JavaScript holds all ids. */
const BULK_BODIES: readonly ((id: string) => string)[] = [
  (id) => `{"data":[${id}]}`,
  (id) => `{"user_ids":[${id}]}`,
  (id) => `{"ids":[${id}]}`,
  (id) => `{"data":[{"id":${id}}]}`,
];
/** That the body isn't understood. */
const BAD_BODY: readonly (number | null)[] = [400, 422];

const UUID = /^[\w-]{1,64}$/;

export class Acts {
  readonly #caller: Caller;
  readonly #authorization: Authorization;
  /** Verbs whose form for one person this account doesn't have. */
  readonly #bulkOnly = new Set<Lifecycle>();
  /** Those that may be understood: once one was taken, that one. */
  #bulkBodies = BULK_BODIES;
  /** The credential may not ask for the state of bulk requests, or there is no such thing. */
  #followsNothing = false;
  readonly #idleMs: number | undefined;

  constructor(caller: Caller, authorization: Authorization, options: { idleMs?: number } = {}) {
    this.#caller = caller;
    this.#authorization = authorization;
    this.#idleMs = options.idleMs;
  }

  async act(write: Write, beforeSending: () => Promise<void>): Promise<Acted> {
    const { connection, credential } = this.#caller.options;
    if (connection.permissionType !== "read_and_act") {
      throw new TypeError(`${write.kind} refused: this connection may only read`);
    }
    if (credential.kind === "harvest_v1") return this.#ask(v1Form(write), beforeSending);
    if ("grantId" in write) return this.#ask(removal(write), beforeSending);
    if (!this.#bulkOnly.has(write.kind)) {
      const single = { method: "POST", path: `/v3/users/${write.userId}/${VERBS[write.kind]}` } as const;
      const acted = await this.#ask(single, beforeSending);
      if (!isNoSuchForm(acted)) return acted;
    }
    return this.#inBulk(write as Write & { kind: Lifecycle }, beforeSending);
  }

  /** With one id: somebody else's mistake costs nobody else anything. */
  async #inBulk(write: Write & { kind: Lifecycle }, beforeSending: () => Promise<void>): Promise<Acted> {
    const path = `/v3/users/${VERBS[write.kind]}/bulk`;
    let first: Acted | null = null;
    for (const bodyOf of this.#bulkBodies) {
      const body = bodyOf(write.userId);
      const acted = await this.#ask({ method: "POST", path, body }, beforeSending);
      if (acted.answer === "taken") {
        this.#bulkOnly.add(write.kind);
        this.#bulkBodies = [bodyOf];
      }
      if (acted.answer !== "refused" || !BAD_BODY.includes(acted.ask.status)) return acted;
      first ??= acted;
    }
    return first!;
  }

  async #ask(form: Form, beforeSending: () => Promise<void>): Promise<Acted> {
    const v3 = this.#caller.options.credential.kind === "harvest_v3";
    const call: Call = {
      method: form.method,
      url: this.#caller.url("harvest", form.path),
      headers: this.#headers(form),
      families: [v3 ? "v3" : "v1"],
      once: true,
      beforeSending,
      parse: readable,
      ...(form.body !== undefined && { body: form.body }),
      ...(this.#idleMs !== undefined && { idleMs: this.#idleMs }),
    };
    try {
      const answer = await this.#authorization.harvest(call);
      return { answer: "taken", ask: answer.ask, follow: followOf(answer) };
    } catch (error) {
      if (!(error instanceof ConnectorError) || isNothingSent(error)) throw error;
      return {
        answer: saysNo(error.ask.status) ? "refused" : "lost",
        ask: error.ask,
        said: error.said ?? error.message,
      };
    }
  }

  #headers({ body }: Form): Record<string, string> {
    const { credential, connection } = this.#caller.options;
    return {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(credential.kind === "harvest_v1" &&
        connection.adminUserId !== null && { "on-behalf-of": connection.adminUserId }),
    };
  }

  async bulkCounted(follow: string): Promise<BulkCounted> {
    if (this.#followsNothing) return null;
    const url = this.#caller.url("harvest", `/v3/bulk_requests/${follow}`);
    let body: unknown;
    try {
      ({ body } = await this.#authorization.harvest({ method: "GET", url, families: ["v3"] }));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      // No scope for it is documented: where it isn't allowed, what the lists show is enough.
      this.#followsNothing = error.family === "refused" || error.family === "gone";
      return null;
    }
    const row = (Array.isArray(body) ? body[0] : body) as Record<string, unknown> | null | undefined;
    // Which words a status has isn't published.
    if (row?.status !== "completed" && row?.completed_at == null) return null;
    const [succeeded, failed] = [row.success_count, row.failure_count];
    return typeof succeeded === "number" && typeof failed === "number" ? { succeeded, failed } : null;
  }
}

function removal(write: Write & { grantId: string }): Form {
  const list = write.kind === "remove_job_grant" ? "user_job_permissions" : "future_job_permissions";
  return { method: "DELETE", path: `/v3/${list}/${write.grantId}` };
}

/** All of v1's writes take their subject in the body (api.md §1.7). */
function v1Form(write: Write): Form {
  const user = `{"user_id":${write.userId}}`;
  switch (write.kind) {
    case "deactivate":
      return { method: "PATCH", path: "/v2/users/disable", body: `{"user":${user}}` };
    case "reactivate":
      return { method: "PATCH", path: "/v2/users/enable", body: `{"user":${user}}` };
    case "revoke_to_basic":
      return {
        method: "PATCH",
        path: "/v1/users/permission_level",
        body: `{"user":${user},"level":"basic"}`,
      };
    case "remove_job_grant":
      return v1Removal(write, "jobs", "job_permission_id");
    case "remove_future_job_grant":
      return v1Removal(write, "future_jobs", "future_job_permission_id");
  }
}

function v1Removal(
  { userId, grantId }: { userId: string; grantId: string },
  list: string,
  name: string,
): Form {
  return {
    method: "DELETE",
    path: `/v1/users/${userId}/permissions/${list}`,
    body: `{"${name}":${grantId}}`,
  };
}

/** The user was seen a moment ago: so it is the path that isn't there. */
function isNoSuchForm(acted: Acted): boolean {
  return acted.answer === "refused" && [404, 405, 410].includes(acted.ask.status ?? 0);
}

function isNothingSent({ family, ask, cause }: ConnectorError): boolean {
  const before = isMint(ask) || ["credential", "rate_limited", "proxy"].includes(family);
  return before || cause instanceof StayAway || failedToConnect(cause);
}

/** Whatever a write answers, it was taken: a body that can't be read tells nothing more. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function followOf({ body }: Answer): string | null {
  const uuid =
    body !== null && typeof body === "object" ? (body as Record<string, unknown>).bulk_action_uuid : null;
  return typeof uuid === "string" && UUID.test(uuid) ? uuid : null;
}
