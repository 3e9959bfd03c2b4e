/** Builds the parts of one installation and connects them: store, connectors, sync, worker, services. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { SingleSignOn } from "./access/oidc.ts";
import { checkName, checkUrl } from "./alerts/guard.ts";
import { weeklyReport } from "./alerts/report/report.ts";
import { isGreenhouse } from "./api/connections/origins.ts";
import type { Alerting, Services } from "./api/services.ts";
import type { AlertSettings } from "./config.ts";
import { greenhouse } from "./connectors/greenhouse/index.ts";
import { control } from "./control.ts";
import { judge } from "./findings/judge.ts";
import { ActionRunner } from "./jobs/actions/runner.ts";
import type { AlertDeps } from "./jobs/alerts/deps.ts";
import { AlertRunner } from "./jobs/alerts/runner.ts";
import { Deletions } from "./jobs/deletions.ts";
import { Presence } from "./jobs/presence.ts";
import { Worker } from "./jobs/worker.ts";
import type { Lane } from "./model/stream.ts";
import { tellConnection } from "./store/alerts/alerts.ts";
import { credentialState, getConnection, listConnections } from "./store/connections/connections.ts";
import { tokenStore } from "./store/connections/tokens.ts";
import { ownTraffic, sharedTraffic } from "./store/connections/traffic.ts";
import { saveVerdict } from "./store/connections/verdicts.ts";
import { databaseClock } from "./store/engine/clock.ts";
import { judgementsOwed } from "./store/findings/findings.ts";
import { freeAllLeases } from "./store/lanes/lanes.ts";
import { databaseOf, openStore } from "./store/open.ts";
import { admitKey, openSeal } from "./store/secrets/shared-key.ts";
import type { Store, Tx } from "./store/store.ts";
import { rotateKey, rotationUnfinished } from "./store/upkeep/rotate.ts";
import type { Log, SyncDeps } from "./sync/context.ts";
import { ProgressBoard } from "./sync/progress.ts";
import { credentialLocked } from "./sync/verdicts.ts";

export interface Glasshouse {
  services: Services;
  worker: Worker;
  alerts: AlertRunner;
  store: Store;
  /** Of several processes on one database the same clock, whatever their machines' say. */
  now: () => number;
  /** null: no other process may work on the database. */
  presence: Presence | null;
  /** Ends runs at a safe point, then closes the store. */
  close(): Promise<void>;
}

export interface GlasshouseOptions {
  /** The caller holds its lock (src/owner/), which proves that nobody else works on an embedded database. */
  dataDir: string;
  /** A database of PostgreSQL, which others may work on too; null: the embedded one. */
  databaseUrl?: string | null;
  /** Work with a key that the database's secrets weren't sealed with: to replace one that is lost. */
  anyKey?: boolean;
  /** Where the database has no key yet: may this process make one? A worker may not. Yes, unless told. */
  makesKey?: boolean;
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Run lanes when they are due; else only those asked for here. */
  scheduled: boolean;
  /** Leave even those to others, where these may work on the database too. */
  leavesWork?: boolean;
  /** Alerts that are due are sent before it closes: where nothing is scheduled, no server may ever send them. */
  tellsAtEnd?: boolean;
  now?: () => number;
  onCommit?: SyncDeps["onCommit"];
  /** Called at the end of each transaction, before its commit; a test may stop the process here. */
  beforeCommit?: (tx: Tx) => Promise<void>;
  /** Of a simulator; never applied to Greenhouse's own hosts. */
  timeScale?: number;
  /** null: members sign in with passwords and passkeys alone. */
  sso?: SingleSignOn | null;
  /** Left out: no mail server, and no webhook at a private address. */
  alerts?: AlertSettings;
  /** What varies in tests of alerts. */
  alertDeps?: Partial<Pick<AlertDeps, "lookup" | "timeoutMs" | "onPoint">>;
}

export async function openGlasshouse(options: GlasshouseOptions): Promise<Glasshouse> {
  const { dataDir, databaseUrl = null, anyKey = false, makesKey = true } = options;
  const policy = { anyKey, makes: makesKey };
  const opened = await openStore({
    ...databaseOf({ dataDir, databaseUrl }),
    admit: (db, place) => admitKey(db, { place, dataDir }, options.env, policy),
  });
  const store = watched(opened, options.beforeCommit);
  try {
    const seal = await openSeal(store, options.env, policy);
    const shared = store.engine === "postgres";
    const clock = shared ? await databaseClock(store.read) : null;
    const now = options.now ?? clock?.now ?? Date.now;
    const traffic = shared ? sharedTraffic(store) : ownTraffic(store, now);
    const deps: SyncDeps = {
      store,
      seal,
      tokens: tokenStore(store, seal, now),
      traffic,
      connectors: { greenhouse },
      progress: new ProgressBoard(),
      timeScale: (origins) => (Object.values(origins).some(isGreenhouse) ? 1 : (options.timeScale ?? 1)),
      log: options.log,
      now,
      owner: `${hostname()} ${process.pid} ${randomUUID().slice(0, 8)}`,
      shared,
      onCommit: options.onCommit,
    };
    if (!shared) await store.write(freeAllLeases);
    if (await rotationUnfinished(store.read, seal, options.dataDir, options.env)) {
      await rotateKey(store, options.dataDir, options.env, seal);
    }
    await tellLocked(deps);
    const idle = shared && options.leavesWork ? "none" : "asked";
    const worker = new Worker(deps, options.scheduled ? "all" : idle, (id, lane) =>
      judgeAfter(deps, id, lane),
    );
    const actions = new ActionRunner(deps, worker);
    const presence = clock && new Presence(deps, worker, clock);
    for (const { connection, lane } of await judgementsOwed(store.read))
      await judgeAfter(deps, connection, lane);
    const alerts = new AlertRunner(alertDeps(deps, options), worker);
    const deletions = new Deletions(deps);
    await presence?.start();
    worker.start();
    actions.start();
    alerts.start();
    deletions.start();
    const runners = { worker, actions, deletions };
    const services = control(deps, runners, alerting(alerts, settingsOf(options)), options);
    const { notReady } = services;
    return {
      services: { ...services, notReady: async () => presence?.refused?.message ?? notReady() },
      now,
      worker,
      store,
      presence,
      alerts,
      async close() {
        if (options.tellsAtEnd) {
          await worker.stop();
          await alerts.round().catch((error) => options.log.error({ err: error }, "alerts can't be sent"));
        }
        await alerts.stop();
        await actions.stop();
        await worker.stop();
        await presence?.stop();
        await deletions.stop();
        await traffic.flush();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const NO_ALERT_SETTINGS: AlertSettings = {
  mailServer: null,
  webhooksToPrivate: false,
  consoleUrl: "http://localhost:4180",
};
const settingsOf = ({ alerts }: GlasshouseOptions) => alerts ?? NO_ALERT_SETTINGS;

/** How long a receiver of alerts may take. */
const RECEIVER_MS = 10_000;

function alertDeps({ store, seal, log, now, owner }: SyncDeps, options: GlasshouseOptions): AlertDeps {
  return {
    ...{ store, seal, log, now, owner, timeoutMs: RECEIVER_MS },
    settings: settingsOf(options),
    makeReport: weeklyReport,
    ...options.alertDeps,
  };
}

function alerting(runner: AlertRunner, settings: AlertSettings): Alerting {
  const { mailServer, consoleUrl, webhooksToPrivate } = settings;
  return {
    mailServer: mailServer !== null,
    consoleUrl,
    deliver: (delivery) => runner.deliver(delivery),
    changed: () => runner.wake(),
    async checkAddress(url) {
      const parsed = checkUrl(url, webhooksToPrivate);
      if (!webhooksToPrivate) await checkName(parsed);
      return parsed;
    },
  };
}

/** A fault here costs no run: the next one judges again. */
async function judgeAfter({ store, now, log }: SyncDeps, id: number, lane: Lane): Promise<void> {
  try {
    const connection = await getConnection(store.read, id);
    if (connection) await judge(store, connection, now(), lane);
  } catch (error) {
    log.error({ err: error, connection: id, lane }, "findings can't be judged");
  }
}

/** A credential that can't be opened is told at once, not with the next run. */
async function tellLocked({ store, seal, now }: SyncDeps): Promise<void> {
  for (const connection of await listConnections(store.read)) {
    if ((await credentialState(store.read, seal, connection.id)) !== "locked") continue;
    await store.write(async (tx) => {
      await saveVerdict(tx, connection.id, credentialLocked(), now());
      await tellConnection(tx, connection.id, now());
    });
  }
}

function watched(store: Store, beforeCommit: GlasshouseOptions["beforeCommit"]): Store {
  if (!beforeCommit) return store;
  return {
    ...store,
    write: (work) =>
      store.write(async (tx) => {
        const result = await work(tx);
        await beforeCommit(tx);
        return result;
      }),
  };
}
