import type { Clock } from "../clock.ts";
import { isoTime, parseTime } from "../clock.ts";
import { EventLog } from "../events/log.ts";
import type { FaultBook, FaultRule, FaultState } from "../faults/rules.ts";
import { checkRule } from "../faults/rules.ts";
import type { Counters, Ledger, LoggedRequest } from "../http/counters.ts";
import type { World } from "../http/world.ts";
import { makeOrg } from "../org/org.ts";
import type { OrgSizes } from "../org/types.ts";
import { makeRecruiting } from "../recruiting/recruiting.ts";
import { BadRequest, defaultScenario, nestedScenario, patchScenario } from "../scenario.ts";
import type { Scenario } from "../switches.ts";
import { viewOf } from "../v3/filters.ts";
import type { Activity } from "./activity.ts";
import { activityTruth } from "./activity.ts";
import type { Mutation } from "./mutations.ts";
import { mutate } from "./mutations.ts";
import type { Dump, DumpPart, EventTruth } from "./truth.ts";
import { dumpParts, eventTruth, partTexts } from "./truth.ts";

export type { Activity, ActivityKind, ActivityTruth } from "./activity.ts";
export type { Mutation } from "./mutations.ts";
export type { Dump, DumpPart, EventTruth, UserTruth } from "./truth.ts";

/** A change of the clock: set it, move it, let it stand or run. */
export interface ClockChange {
  now?: string;
  advanceSeconds?: number;
  frozen?: boolean;
}
/** Another account: other ids and another organization id; `keepSeed: false` also makes other people. */
export interface AccountChange {
  op: "otherAccount";
  account?: number;
  keepSeed?: boolean;
}
export interface SimulatorState {
  now: string;
  frozen: boolean;
  timeScale: number;
  organizationId: number;
  sizes: OrgSizes;
  users: number;
  serviceAccounts: number;
  jobPermissions: number;
  events: number;
  faults: number;
}
/** A scenario change: nested, or with dotted switch names. */
export type ScenarioChange = Partial<Scenario> | Record<string, unknown>;

const bound = (text: string | undefined): number | null => {
  const ms = text === undefined ? null : parseTime(text);
  if (text !== undefined && ms === null) throw new BadRequest(`"${text}" is not an ISO-8601 time.`);
  return ms;
};

/** Everything that can be told to, or asked of, the simulator beside its APIs. The control endpoint does the same over HTTP. */
export class Control {
  readonly #world: World;
  readonly #faults: FaultBook;
  readonly #ledger: Ledger;
  readonly #initial: Scenario;

  constructor(world: World, faults: FaultBook, ledger: Ledger) {
    this.#world = world;
    this.#faults = faults;
    this.#ledger = ledger;
    this.#initial = structuredClone(world.scenario);
  }

  state(): SimulatorState {
    const { org, clock, timeScale, log } = this.#world;
    const now = clock.now();
    const snapshot = { now, inserted: log.arrivals };
    return {
      now: isoTime(now),
      frozen: clock.frozen,
      timeScale,
      organizationId: org.organizationId,
      sizes: org.sizes,
      users: org.users.filter((u) => !u.service && !u.hidden).length,
      serviceAccounts: org.users.filter((u) => u.service).length,
      jobPermissions: org.permissions.count,
      events: log.spans(now).reduce((sum, span) => sum + log.count(span, snapshot), 0),
      faults: this.#faults.list().length,
    };
  }

  scenario(): Record<string, unknown> {
    return nestedScenario(this.#world.scenario);
  }

  patchScenario(change: ScenarioChange): Record<string, unknown> {
    patchScenario(this.#world.scenario, change);
    this.#changed();
    return this.scenario();
  }

  /** Back to the scenario the simulator was started with. */
  resetScenario(): Record<string, unknown> {
    Object.assign(this.#world.scenario, defaultScenario(), structuredClone(this.#initial));
    this.#changed();
    return this.scenario();
  }

  #changed(): void {
    this.#world.scenarioVersion = String(Number(this.#world.scenarioVersion) + 1);
  }

  clock(change: ClockChange = {}): { now: string; frozen: boolean } {
    const { clock }: { clock: Clock } = this.#world;
    if (change.now !== undefined) {
      const ms = parseTime(change.now);
      if (ms === null) throw new BadRequest(`"${change.now}" is not an ISO-8601 time.`);
      clock.set(ms);
    }
    if (change.advanceSeconds !== undefined) clock.advance(change.advanceSeconds * 1000);
    if (change.frozen === true) clock.freeze();
    if (change.frozen === false) clock.run();
    return { now: isoTime(clock.now()), frozen: clock.frozen };
  }

  counters(): Counters {
    return this.#ledger.counters();
  }

  resetCounters(): void {
    this.#ledger.reset();
  }

  requests(options: { limit?: number; endpoint?: string } = {}): LoggedRequest[] {
    return this.#ledger.requests(options.limit, options.endpoint);
  }

  clearRequests(): void {
    this.#ledger.clearLog();
  }

  faults(): FaultState[] {
    return this.#faults.list();
  }

  /** Adds fault rules and returns their ids. */
  addFaults(...rules: FaultRule[]): number[] {
    return this.#faults.add(rules.map(checkRule));
  }

  clearFaults(id?: number): number {
    return this.#faults.clear(id);
  }

  /** Changes the organization; one result per mutation. */
  mutate(...mutations: (Mutation | AccountChange)[]): Record<string, unknown>[] {
    const world = this.#world;
    return mutations.map((m) => {
      if (m.op === "otherAccount") return this.#otherAccount(m);
      return mutate(
        {
          org: world.org,
          log: world.log,
          recruiting: world.recruiting,
          now: world.clock.now(),
          bumps: world.scenario["v3.permissionBumpsUpdatedAt"],
        },
        m,
      );
    });
  }

  #otherAccount({ account, keepSeed }: AccountChange): Record<string, unknown> {
    const { sizes } = this.#world.org;
    const next = account ?? sizes.account + 1;
    if (!Number.isInteger(next) || next < 0 || next > 800)
      throw new BadRequest("account is a whole number from 0 to 800.");
    this.#build({ ...sizes, account: next, seed: keepSeed === false ? sizes.seed + 1 : sizes.seed });
    return { organizationId: this.#world.org.organizationId };
  }

  #build(sizes: OrgSizes): void {
    this.#world.org = makeOrg(sizes);
    this.#world.log = new EventLog(this.#world.org, this.#world.scenario);
    this.#world.recruiting = makeRecruiting(this.#world.org);
    this.#world.pits.expireAll();
    this.#world.desk.clear();
  }

  /** The truth as v3 would list it, and the events' truth over a range; only the parts asked for. */
  async dump(options: { parts?: readonly DumpPart[]; after?: string; before?: string } = {}): Promise<Dump> {
    const { org, clock } = this.#world;
    this.#world.desk.settle(this.#world, 0);
    const out: Record<string, unknown> = { organizationId: org.organizationId, now: isoTime(clock.now()) };
    for (const part of options.parts ?? dumpParts) {
      if (part === "events") out[part] = await this.truth(options);
      else {
        const rows = [...partTexts(part, viewOf(this.#world))].map(
          (text) => JSON.parse(text) as { id: number },
        );
        out[part] = rows.sort((a, b) => a.id - b.id);
      }
    }
    return out as unknown as Dump;
  }

  /** The ids of all there is, hidden users' too. */
  ids() {
    const { org } = this.#world;
    const of = (rows: readonly { id: number }[]): number[] => rows.map((row) => row.id);
    return {
      users: of(org.users),
      roles: of(org.roles),
      jobs: of(org.jobs),
      departments: of(org.departments),
      offices: of(org.offices),
      grants: of(org.permissions.page(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, () => true)),
      rules: of(org.futurePermissions),
    };
  }

  /** Counts the readable events of a range (inclusive bounds), per user and per UTC day, by brute force. */
  async truth(range: { after?: string | undefined; before?: string | undefined } = {}): Promise<EventTruth> {
    return eventTruth(this.#world.log, this.#world.clock.now(), bound(range.after), bound(range.before));
  }

  /** What the lists of recruiting say of each person within a range, both bounds included. */
  activity(range: { after?: string | undefined; before?: string | undefined } = {}): Activity {
    return activityTruth(viewOf(this.#world), bound(range.after), bound(range.before));
  }

  /** The number of readable events in a range, quickly. */
  eventCount(range: { after?: string | undefined; before?: string | undefined } = {}): number {
    const { log, clock } = this.#world;
    const now = clock.now();
    const [from, to] = [parseTime(range.after ?? "") ?? -Infinity, parseTime(range.before ?? "") ?? Infinity];
    return log
      .spans(now)
      .reduce(
        (sum, [a, b]) =>
          sum + log.count([Math.max(a, from), Math.min(b, to)], { now, inserted: log.arrivals }),
        0,
      );
  }

  /** Revokes live tokens. */
  revokeTokens(clientId?: string): number {
    return this.#world.tokens.revoke(clientId);
  }

  expirePits(): void {
    this.#world.pits.expireAll();
  }

  /** Empties the rate-limit windows. */
  resetLimits(): void {
    for (const limiter of Object.values(this.#world.limiters)) limiter.reset();
  }

  /** Everything back to the start: organization, scenario, faults, tokens, limits, counters; the clock stays. */
  reset(): void {
    this.#build({ ...this.#world.org.sizes, account: 0 });
    this.resetScenario();
    this.clearFaults();
    this.#world.tokens.clear();
    this.resetLimits();
    this.resetCounters();
    this.clearRequests();
  }
}
