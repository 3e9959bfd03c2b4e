/** *Test connection*: reach, credential, admin user, then each stream's first row. Saves nothing (console.md §3). */
import {
  type GrantStream,
  isRecruiting,
  type ListStream,
  type RecruitingStream,
  STREAM_TEXT,
  type Stream,
} from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Known, TestStep } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import { exchange } from "../http.ts";
import { AuditLog } from "./audit/query.ts";
import { floorSecond } from "./audit/slices.ts";
import { auditTransport } from "./audit-transport.ts";
import type { Authorization } from "./auth.ts";
import { type Caller, skew } from "./call.ts";
import { diagnose, wrongClock } from "./diagnose.ts";
import { adminSeen } from "./diagnose-access.ts";
import { type V1Stream, v1Path } from "./harvest-v1.ts";
import { V3_LISTS } from "./harvest-v3.ts";
import { isRefusal, Questions } from "./questions.ts";
import { RECRUITING_LISTS } from "./recruiting/rows.ts";
import { clock, duration } from "./verdict-words.ts";

type Step = TestStep["step"];
type Outcome = Pick<TestStep, "state" | "text"> & { verdict?: Verdict | null };

const REACH_MS = 15_000;
const MINUTE_MS = 60_000;
/** v1: users whose grants are asked for, before they are said to be refused. */
const USERS_ASKED = 4;

/** Each step comes twice: `asking`, then with its result. After one that failed, what follows from it is skipped. */
export async function* testConnection(
  caller: Caller,
  authorization: Authorization,
  streams: readonly Stream[],
  known: Known,
  wantsUsage: boolean,
): AsyncGenerator<TestStep, void, void> {
  const tester = new Tester(caller, authorization, known);
  const reached = yield* tester.step("reach", () => tester.reach());
  if (reached.state === "failed" && reached.verdict?.cause !== "clock_wrong")
    return yield* skip(["credential", "admin_user", ...streams], "waits for Greenhouse to be reached");

  const credential = yield* tester.step("credential", () => tester.credential());
  const adminToBlame = credential.verdict?.cause?.startsWith("admin_user");
  if (credential.state === "failed" && !adminToBlame)
    return yield* skip(["admin_user", ...streams], "waits for the credential");

  const admin = yield* tester.step("admin_user", () => tester.adminUser());
  if (admin.state === "failed" && !tester.v1) return yield* skip(streams, "waits for the admin user");

  let usersRead = false;
  for (const stream of streams) {
    if (stream === "audit_log" && !wantsUsage) yield* skip([stream], "not asked for");
    else if (stream === "audit_log" && !usersRead) yield* skip([stream], "waits for Users");
    else if (stream === "audit_log" && admin.state === "failed")
      yield* skip([stream], "waits for the admin user");
    else if (stream !== "users" && !usersRead) yield* skip([stream], "waits for Users");
    else {
      const step = yield* tester.step(stream, () => tester.stream(stream));
      if (stream === "users") usersRead = step.state === "well";
    }
  }
}

async function* skip(steps: readonly Step[], text: string): AsyncGenerator<TestStep, void, void> {
  for (const step of steps) yield { step, state: "skipped", text, verdict: null, tookMs: 0 };
}

class Tester {
  readonly #caller: Caller;
  readonly #authorization: Authorization;
  readonly #known: Known;
  readonly #questions: Questions;
  /** The verdict of a token that could not be had, if the admin user is to blame. */
  #adminVerdict: Verdict | null = null;

  constructor(caller: Caller, authorization: Authorization, known: Known) {
    this.#caller = caller;
    this.#authorization = authorization;
    this.#known = known;
    this.#questions = new Questions(caller, authorization);
  }

  get v1(): boolean {
    return this.#caller.options.credential.kind === "harvest_v1";
  }

  async *step(step: Step, work: () => Promise<Outcome>): AsyncGenerator<TestStep, TestStep, void> {
    yield { step, state: "asking", text: "asking", verdict: null, tookMs: 0 };
    const from = performance.now();
    let outcome: Outcome;
    try {
      outcome = await work();
    } catch (error) {
      outcome = await this.#failed(step, error);
    }
    const result: TestStep = {
      step,
      verdict: null,
      ...outcome,
      tookMs: Math.round(performance.now() - from),
    };
    yield result;
    return result;
  }

  async #failed(step: Step, error: unknown): Promise<Outcome> {
    const stream = step === "reach" || step === "credential" || step === "admin_user" ? "users" : step;
    const verdict = await diagnose(this.#caller, this.#authorization, stream, error, this.#known);
    if (verdict.state !== "off") return { state: "failed", text: verdict.text ?? "failed", verdict };
    return {
      state: "off",
      text: `not allowed, optional: you do without ${STREAM_TEXT[stream].lost}`,
      verdict,
    };
  }

  /** Each host answers anything at all to somebody without a credential; and how far its clock is from ours. */
  async reach(): Promise<Outcome> {
    const { origins } = this.#caller.options;
    const all = [...new Set(Object.values(origins).map((origin) => new URL(origin).origin))];
    for (const origin of all) {
      const { date, ask } = await exchange({
        method: "GET",
        url: new URL("/", origin),
        headers: {},
        origins: all,
        maxBytes: 64 * 1024,
        idleMs: REACH_MS,
        totalMs: REACH_MS,
        signal: this.#caller.signal,
        now: this.#caller.now,
      }).catch((error) => {
        // An answer that can't be read is an answer: the host is there.
        if (error instanceof ConnectorError && error.family === "unreadable")
          return { date: null, ask: error.ask };
        throw error;
      });
      if (date !== null) this.#caller.meter.clockSkewMs = skew(date, ask.at, this.#caller.now());
    }
    const finding = wrongClock(this.#caller);
    if (finding) {
      return {
        state: "failed",
        text: finding.text,
        verdict: { stream: "audit_log", state: "stopped", ...finding },
      };
    }
    const { clockSkewMs } = this.#caller.meter;
    const clocks = clockSkewMs === null ? "" : ` · clocks differ by ${duration(Math.abs(clockSkewMs))}`;
    return {
      state: "well",
      text: `${all.length === 1 ? "1 host answers" : `${all.length} hosts answer`}${clocks}`,
    };
  }

  async credential(): Promise<Outcome> {
    if (this.v1) {
      await this.#questions.firstRow(this.#path("users"));
      return { state: "well", text: "accepted · a v1 key, announced to end on 31 Aug 2026" };
    }
    try {
      const { expiresAt } = await this.#authorization.token();
      return { state: "well", text: `accepted · token good until ${clock(expiresAt)}` };
    } catch (error) {
      const outcome = await this.#failed("credential", error);
      if (!outcome.verdict?.cause?.startsWith("admin_user")) return outcome;
      this.#adminVerdict = outcome.verdict;
      return { state: "well", text: "accepted, without the admin user", verdict: null };
    }
  }

  async adminUser(): Promise<Outcome> {
    const id = this.#caller.options.connection.adminUserId;
    if (id === null)
      return {
        state: "skipped",
        text: this.v1
          ? "none chosen: needed for usage"
          : "none chosen: the credential's own integration user",
      };
    if (this.#adminVerdict)
      return { state: "failed", text: this.#adminVerdict.text ?? "failed", verdict: this.#adminVerdict };
    const { says, ask } = await this.#questions.lookUp(id);
    if (says === "unseen")
      return { state: "skipped", text: `${id} · can't be looked up: the next steps tell` };
    const seen = adminSeen(id, says, ask);
    if ("user" in seen) return { state: "well", text: `${seen.user.name ?? id} · Active · Site Admin` };
    return {
      state: "failed",
      text: seen.finding.text,
      verdict: { stream: "users", state: "stopped", ...seen.finding },
    };
  }

  async stream(stream: Stream): Promise<Outcome> {
    if (stream === "audit_log") return this.#auditLog();
    if (isRecruiting(stream)) return this.#recruiting(stream);
    if (this.v1 && (stream === "job_grants" || stream === "future_job_grants"))
      return this.#userGrants(stream);
    const answer = await this.#questions.firstRow(this.#path(stream));
    const rows = Array.isArray(answer.body) ? answer.body.length : 0;
    if (stream === "users" && rows === 0) {
      throw new ConnectorError("refused", "no users at all", answer.ask, { fault: "empty", said: "0 rows" });
    }
    return { state: "well", text: rows === 0 ? "readable · none yet" : "readable" };
  }

  /** Never asked without the fields: a whole row would hold what was written about a candidate. */
  async #recruiting(stream: RecruitingStream): Promise<Outcome> {
    const { path, fields } = RECRUITING_LISTS[stream];
    const url = this.#caller.url("harvest", path, { per_page: "1", fields });
    try {
      const { body } = await this.#authorization.harvest({ method: "GET", url, families: ["v3"] });
      return {
        state: "well",
        text: Array.isArray(body) && body.length === 0 ? "readable · none yet" : "readable",
      };
    } catch (error) {
      // It is the question that is refused, not who asks it.
      const fields = error instanceof ConnectorError && error.family === "invalid" && error.fault === null;
      if (!fields) throw error;
      return { state: "well", text: "readable" };
    }
  }

  /** v1 tells grants by user; those of any user show whether the key may. One alone may be refused (api.md §1.4). */
  async #userGrants(stream: GrantStream): Promise<Outcome> {
    const ask = async (user: unknown) => {
      const path = v1Path(stream).replace("#", String((user as { id?: unknown } | null)?.id));
      await this.#questions.firstRow(path);
      return { state: "well", text: "readable, user by user" } as const;
    };
    const [first] = await this.#users(1);
    if (first === undefined) return { state: "skipped", text: "no user to ask for" };
    try {
      return await ask(first);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const other of (await this.#users(USERS_ASKED)).slice(1)) {
        const outcome = await ask(other).catch((again) => (isRefusal(again) ? null : Promise.reject(again)));
        if (outcome) return outcome;
      }
      throw error;
    }
  }

  async #users(count: number): Promise<unknown[]> {
    const url = this.#caller.url("harvest", this.#path("users"), { per_page: String(count) });
    const { body } = await this.#authorization.harvest({ method: "GET", url, families: ["v1"] });
    return Array.isArray(body) ? body : [];
  }

  /** The last minute of the log, by the server's clock: hardly any event, and the same permission as all of them. */
  async #auditLog(): Promise<Outcome> {
    const now = floorSecond(this.#caller.now() + (this.#caller.meter.clockSkewMs ?? 0));
    const log = new AuditLog(
      auditTransport(this.#caller, this.#authorization),
      this.#caller.options.eventKey,
    );
    await log.glance({ from: now - MINUTE_MS, to: now, open: true });
    return { state: "well", text: "readable" };
  }

  #path(stream: ListStream): string {
    return this.v1 ? v1Path(stream as V1Stream) : V3_LISTS[stream].path;
  }
}
