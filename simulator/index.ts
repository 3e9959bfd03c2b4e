/**
 * A simulator of Greenhouse Recruiting: Harvest v3, Harvest v1, the token endpoint and the audit log over real HTTP,
 * written from the published facts alone.
 *
 * In a test:
 *   const sim = await startSimulator({ users: 50, rateLimits: false, now: '2026-11-23T12:00:00Z' });
 *   … call sim.urls.harvest, sim.urls.auth, sim.urls.audit with sim.clientId and sim.clientSecret …
 *   sim.control.patchScenario({ 'audit.addon': 'off' });
 *   await sim.close();
 *
 * From a shell: node simulator/main.ts --help. Everything is described in docs/simulator.md.
 */

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PitStore } from "./audit/pits.ts";
import { makeClock, parseTime } from "./clock.ts";
import type { ScenarioChange } from "./control/control.ts";
import { Control } from "./control/control.ts";
import { answerControl } from "./control/http.ts";
import { EventLog } from "./events/log.ts";
import type { FaultRule } from "./faults/rules.ts";
import { FaultBook } from "./faults/rules.ts";
import { Ledger } from "./http/counters.ts";
import { Limiter } from "./http/limits.ts";
import { makeServer } from "./http/server.ts";
import { TokenStore } from "./http/tokens.ts";
import type { World } from "./http/world.ts";
import { makeOrg } from "./org/org.ts";
import { makeRecruiting } from "./recruiting/recruiting.ts";
import { BadRequest, defaultScenario, patchScenario } from "./scenario.ts";
import { defaultClientId, defaultClientSecret, defaultV1Key } from "./switches.ts";

import { Desk } from "./writes/desk.ts";

export type * from "./control/control.ts";
export type { Fault, FaultMatch, FaultRule } from "./faults/rules.ts";
export type { Counters, LoggedRequest } from "./http/counters.ts";
export { BadRequest } from "./scenario.ts";
export type { Scenario } from "./switches.ts";

export interface SimulatorOptions {
  /** How many people the users list shows, service accounts aside. 5 to 50,000; 400 when left out. */
  users?: number;
  /** Sizes left out follow from the number of users. */
  jobPermissions?: number;
  jobs?: number;
  /** Audit events on an average day; 2,000 when left out. */
  eventsPerDay?: number;
  /** The audit log's retention in days; 30 when left out. */
  days?: number;
  seed?: number;
  /** One port for everything; 0 = any free one (the default here). */
  port?: number;
  /** Three ports instead: harvest, auth, audit. */
  ports?: readonly [number, number, number];
  host?: string;
  /** Changes to the default scenario: nested or with dotted switch names. */
  scenario?: ScenarioChange;
  faults?: readonly FaultRule[];
  /** Divides rate windows and Retry-After by this. */
  timeScale?: number;
  /** Where the simulator's clock starts, ISO-8601; the real time when left out. */
  now?: string;
  /** The clock stands still. */
  freeze?: boolean;
  /** false: no rate limits. */
  rateLimits?: boolean;
}

export interface Simulator {
  /** The first (or only) origin. */
  url: string;
  urls: { harvest: string; auth: string; audit: string };
  port: number;
  clientId: string;
  clientSecret: string;
  v1Key: string;
  siteAdminId: number;
  deactivatedAdminId: number;
  nonAdminId: number;
  organizationId: number;
  control: Control;
  close(): Promise<void>;
}

const day = 86_400_000;

function whole(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new BadRequest(`${name} must be a whole number from ${min} to ${max}.`);
  return value;
}

/** Makes the world of a simulator without serving it. */
function makeWorld(options: SimulatorOptions): World {
  const users = whole("users", options.users ?? 400, 5, 50_000);
  const jobs = whole("jobs", options.jobs ?? Math.max(12, Math.round(users / 2)), 2, 1_000_000);
  const jobPermissions = whole("jobPermissions", options.jobPermissions ?? users * 10, 0, 10_000_000);
  const eventsPerDay = whole("eventsPerDay", options.eventsPerDay ?? 2000, 0, 10_000_000);
  const timeScale = options.timeScale ?? 1;
  if (!(timeScale > 0) || !Number.isFinite(timeScale))
    throw new BadRequest("timeScale must be a number above 0.");
  const start = options.now === undefined ? Date.now() : parseTime(options.now);
  if (start === null) throw new BadRequest(`now: "${options.now}" is not an ISO-8601 time.`);
  const scenario = defaultScenario();
  if (options.days !== undefined) scenario["audit.retentionDays"] = whole("days", options.days, 1, 3650);
  if (options.rateLimits === false) scenario["rate.enabled"] = false;
  patchScenario(scenario, options.scenario ?? {});
  const org = makeOrg({
    seed: whole("seed", options.seed ?? 1, 0, 4_294_967_295),
    users,
    jobs,
    jobPermissions,
    eventsPerDay,
    anchor: Math.floor(start / day) * day,
    account: 0,
  });
  return {
    org,
    log: new EventLog(org, scenario),
    recruiting: makeRecruiting(org),
    clock: makeClock(start, options.freeze ?? false),
    scenario,
    scenarioVersion: "0",
    timeScale,
    tokens: new TokenStore(),
    pits: new PitStore(),
    desk: new Desk(),
    limiters: {
      v3: new Limiter(),
      v1: new Limiter(),
      token: new Limiter(),
      audit: new Limiter(),
      auditPaged: new Limiter(),
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Starts a simulator. Throws {@link BadRequest} for options that make no sense. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = makeWorld(options);
  const host = options.host ?? "127.0.0.1";
  const faults = new FaultBook();
  const ledger = new Ledger();
  const control = new Control(world, faults, ledger);
  if (options.faults) control.addFaults(...options.faults);
  const stage = {
    world,
    faults,
    ledger,
    control: (call: Parameters<typeof answerControl>[2], res: Parameters<typeof answerControl>[3]) =>
      answerControl(control, world, call, res),
  };
  const ports = options.ports ?? [options.port ?? 0];
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  };
  const opened: number[] = [];
  try {
    for (const port of ports) {
      const server = makeServer(stage);
      servers.push(server);
      opened.push(await listen(server, port, host));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const urls = opened.map((port) => `http://${host}:${port}`);
  const [harvest, auth, audit] = [
    urls[0] as string,
    urls[1] ?? (urls[0] as string),
    urls[2] ?? (urls[0] as string),
  ];
  return {
    url: harvest,
    urls: { harvest, auth, audit },
    port: opened[0] as number,
    ...facts(world),
    control,
    close,
  };
}

/** What a caller needs to know of the world. The default credentials are those of the scenario, if it names others. */
function facts({
  org,
  scenario,
}: World): Pick<
  Simulator,
  | "clientId"
  | "clientSecret"
  | "v1Key"
  | "siteAdminId"
  | "deactivatedAdminId"
  | "nonAdminId"
  | "organizationId"
> {
  const [clientId, credential] = Object.entries(scenario["credentials.v3"])[0] ?? [
    defaultClientId,
    { secret: defaultClientSecret },
  ];
  return {
    clientId,
    clientSecret: credential.secret,
    v1Key: Object.keys(scenario["credentials.v1"])[0] ?? defaultV1Key,
    siteAdminId: org.specials.ada.id,
    deactivatedAdminId: org.specials.bo.id,
    nonAdminId: org.specials.zoe.id,
    organizationId: org.organizationId,
  };
}
