/** For tests of verdicts: a simulator, ways to break what it plays, and the check that breaks heal. */
import assert from "node:assert/strict";
import type { Credential, Origins } from "../../model/connection.ts";
import { isRecruiting, type Stream } from "../../model/stream.ts";
import type { CauseCode, Verdict } from "../../model/verdict.ts";
import type { Known, KnownUser, SessionOptions } from "../connector.ts";
import { greenhouse } from "./index.ts";
import { knowsNothing, sessionOptions } from "./testing.ts";

export const RECENTLY = Date.UTC(2026, 10, 23, 9, 2);

/** The credential of a session, right where nothing else is said. */
export type Setup = Partial<Pick<Credential, "clientId" | "secret">> & {
  kind?: Credential["kind"];
  adminUserId?: number | string | null;
};
export const v1: Setup = { kind: "harvest_v1" };

export type BrokenCase = [
  name: string,
  stream: Stream,
  setup: () => Setup,
  breakIt: () => unknown,
  cause: CauseCode,
  words: RegExp,
  known?: Partial<Known>,
];
export const nothing = () => {};

/** What of a simulator is used here. */
interface Played {
  urls: Origins;
  clientId: string;
  clientSecret: string;
  v1Key: string;
  siteAdminId: number;
  deactivatedAdminId: number;
  nonAdminId: number;
  control: {
    patchScenario(change: Record<string, unknown>): unknown;
    resetScenario(): unknown;
    addFaults(...rules: object[]): unknown;
    clearFaults(): unknown;
    clearRequests(): void;
    requests(): { path: string; query: string }[];
  };
  close(): Promise<void>;
}

/** The size that every test of verdicts plays with. */
export const PLAYED = { users: 40, eventsPerDay: 200, rateLimits: false } as const;

export class Stage {
  readonly sim: Played;

  constructor(sim: Played) {
    this.sim = sim;
  }

  reset(): void {
    this.sim.control.clearFaults();
    this.sim.control.resetScenario();
    this.sim.control.clearRequests();
  }

  options({ kind = "harvest_v3", adminUserId = null, ...wrong }: Setup): SessionOptions {
    const { clientId, clientSecret, v1Key, urls } = this.sim;
    const right =
      kind === "harvest_v3" ? { clientId, secret: clientSecret } : { clientId: null, secret: v1Key };
    const subject = adminUserId === null ? null : String(adminUserId);
    return sessionOptions(urls, { kind, ...right, ...wrong }, { adminUserId: subject });
  }

  /** Reads the stream's first page as a sync would; null: it is well. */
  async attempt(stream: Stream, setup: Setup, known: Known = knowsNothing()): Promise<Verdict | null> {
    const session = greenhouse.open(this.options(setup));
    try {
      if (stream === "audit_log") {
        await session.activity({ checkpoint: null, coverage: [], oldestEvent: null, full: false }).next();
      } else if (isRecruiting(stream)) {
        const now = Date.now();
        const options = {
          checkpoint: null,
          coverage: [],
          holes: [],
          now,
          since: now - 86_400_000,
          full: false,
        };
        await session.deeds(stream, options).next();
      } else {
        const usersAfter = async (after: string | null) =>
          after === null ? [String(this.sim.nonAdminId)] : [];
        await session.list(stream, { resume: null, usersAfter }).next();
      }
      return null;
    } catch (error) {
      return session.diagnose(stream, error, known);
    }
  }

  /** Broken → the exact cause, in these words and with a cure, without a secret → mended → well. */
  async goesGreen([, stream, setup, breakIt, cause, words, known]: BrokenCase): Promise<void> {
    breakIt();
    const verdict = await this.attempt(stream, setup(), knowsNothing(known));
    assert.equal(verdict?.cause, cause, JSON.stringify(verdict));
    assert.match(verdict!.text!, words);
    assert.ok(verdict!.cure!.length > 0);
    assert.doesNotMatch(JSON.stringify(verdict), /simulated-secret|simulated-harvest-v1-key|eyJ|cursor=/);
    this.reset();
    const right = setup().kind === "harvest_v1" ? { ...v1, adminUserId: this.sim.siteAdminId } : {};
    assert.equal(await this.attempt(stream, right), null);
  }

  scopes(...scopes: string[]) {
    const { clientId, clientSecret, control } = this.sim;
    return () =>
      control.patchScenario({ "credentials.v3": { [clientId]: { secret: clientSecret, scopes } } });
  }

  permissions(...permissions: string[]) {
    return () => this.sim.control.patchScenario({ "credentials.v1": { [this.sim.v1Key]: { permissions } } });
  }

  scenario(change: Record<string, unknown>) {
    return () => this.sim.control.patchScenario(change);
  }

  faults(...rules: object[]) {
    return () => this.sim.control.addFaults(...rules);
  }

  /** A store that knows one user, an active Job Admin unless said otherwise. */
  user(id: () => number, more: Partial<KnownUser>): Partial<Known> {
    const user = {
      name: "Mara Quill",
      status: "active",
      level: "job_admin",
      siteAdmin: false,
      statusSince: null,
    } as const;
    return {
      usersReadAt: RECENTLY,
      userCount: 40,
      user: async (asked) => (asked === String(id()) ? { id: asked, ...user, ...more } : null),
    };
  }
}
