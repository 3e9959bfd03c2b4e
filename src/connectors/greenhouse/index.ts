/** Greenhouse Recruiting: Harvest v3 or v1, and the audit log, behind the contract every connector keeps. */
import type { Write } from "../../model/action.ts";
import type { RecordOf } from "../../model/records.ts";
import {
  LIST_STREAMS,
  type ListStream,
  RECRUITING_STREAMS,
  type RecruitingStream,
  type Stream,
} from "../../model/stream.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Acted, BulkCounted, DutiesTold, Look } from "../acting.ts";
import type {
  ActivityOptions,
  ActivityPage,
  Connector,
  DeedOptions,
  DeedPage,
  Known,
  ListOptions,
  Meter,
  Page,
  Session,
  SessionOptions,
  Stored,
  TestStep,
  UnlistedAdmin,
} from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import { Acts } from "./act.ts";
import { readActivity } from "./audit/reader.ts";
import { auditTransport } from "./audit-transport.ts";
import { Authorization } from "./auth.ts";
import { Caller } from "./call.ts";
import { concern, diagnose } from "./diagnose.ts";
import { duties } from "./duties.ts";
import { listV1, V1_STREAMS, type V1Stream, v1Path } from "./harvest-v1.ts";
import { listV3, V3_LISTS } from "./harvest-v3.ts";
import { Looks } from "./look.ts";
import { Questions } from "./questions.ts";
import { readDeeds } from "./recruiting/reader.ts";
import { recruitingTransport } from "./recruiting/transport.ts";
import { testConnection } from "./test-connection.ts";

export const greenhouse: Connector = {
  vendor: "greenhouse",
  open: (options) => new GreenhouseSession(options),
};

class GreenhouseSession implements Session {
  readonly streams: readonly Stream[];
  readonly #caller: Caller;
  readonly #authorization: Authorization;
  readonly #acts: Acts;

  constructor(options: SessionOptions) {
    this.#caller = new Caller(options);
    this.#authorization = new Authorization(this.#caller);
    this.#acts = new Acts(this.#caller, this.#authorization);
    this.streams = this.#v1
      ? [...V1_STREAMS, "audit_log"]
      : [...LIST_STREAMS, "audit_log", ...RECRUITING_STREAMS];
  }

  get meter(): Meter {
    return this.#caller.meter;
  }

  get #v1(): boolean {
    return this.#caller.options.credential.kind === "harvest_v1";
  }

  list<S extends ListStream>(stream: S, options: ListOptions): AsyncGenerator<Page<RecordOf[S]>, void, void> {
    if (!this.streams.includes(stream)) throw new TypeError(`this kind of credential can't list ${stream}`);
    if (!this.#v1) return listV3(stream, this.#caller, this.#authorization, options);
    const pages = listV1(stream as V1Stream, this.#caller, this.#authorization, options);
    return pages as unknown as AsyncGenerator<Page<RecordOf[S]>, void, void>;
  }

  activity(options: ActivityOptions): AsyncGenerator<ActivityPage, void, Stored | undefined> {
    return readActivity(auditTransport(this.#caller, this.#authorization), options, {
      eventKey: this.#caller.options.eventKey,
      now: this.#caller.now,
      skew: () => this.#caller.meter.clockSkewMs,
    });
  }

  deeds(stream: RecruitingStream, options: DeedOptions): AsyncGenerator<DeedPage, void, void> {
    if (!this.streams.includes(stream)) throw new TypeError(`this kind of credential can't read ${stream}`);
    return readDeeds(recruitingTransport(stream, this.#caller, this.#authorization), options);
  }

  diagnose(stream: Stream, error: unknown, known: Known): Promise<Verdict> {
    return diagnose(this.#caller, this.#authorization, stream, error, known);
  }

  async usersHidden(): Promise<ConnectorError | null> {
    const path = this.#v1 ? v1Path("users") : V3_LISTS.users.path;
    const { can, ask } = await new Questions(this.#caller, this.#authorization).glance(path);
    if (can === "rows") return null;
    const fault = can === "empty" ? can : null;
    return new ConnectorError("refused", "users can't be seen either", ask, { fault });
  }

  async unlistedAdmin(): Promise<UnlistedAdmin> {
    const { adminUserId } = this.#caller.options.connection;
    if (adminUserId === null) return "nobody";
    const { says } = await new Questions(this.#caller, this.#authorization).lookUp(adminUserId);
    const shown = typeof says === "object";
    // v1 takes no flag for service accounts: its list hides them, and their own address may not.
    if (this.#v1) return shown ? "hidden" : "nobody";
    // v3 was asked in the name of this very user: they are there, whether or not the flag is heeded that shows them.
    return shown ? "shown" : "hidden";
  }

  shown(userIds: readonly string[]): Promise<ReadonlySet<string> | null> {
    return new Questions(this.#caller, this.#authorization).shown(userIds);
  }

  concern(): Promise<Verdict | null> {
    return concern(this.#authorization);
  }

  test(known: Known, wantsUsage: boolean): AsyncGenerator<TestStep, void, void> {
    return testConnection(this.#caller, this.#authorization, this.streams, known, wantsUsage);
  }

  async siteAdmins() {
    const admins: Awaited<ReturnType<Session["siteAdmins"]>> = [];
    for await (const page of this.list("users", { resume: null, unordered: true })) {
      for (const { id, name, email, serviceAccount, siteAdmin, deactivated } of page.records) {
        if (siteAdmin && !deactivated) admins.push({ id, name, email, serviceAccount });
      }
    }
    return admins;
  }

  act(write: Write, beforeSending: () => Promise<void>): Promise<Acted> {
    return this.#acts.act(write, beforeSending);
  }

  look(writes: readonly Write[]): Promise<Look[]> {
    return new Looks(this.#caller, this.#authorization).look(writes);
  }

  bulkCounted(follow: string): Promise<BulkCounted> {
    return this.#acts.bulkCounted(follow);
  }

  duties(userIds: readonly string[]): Promise<DutiesTold> {
    return duties(this.#caller, this.#authorization, userIds);
  }
}
