/** Builds the parts of one installation and connects them: store, connectors, sync, worker, services. */
import { hostname } from "node:os";
import type { SingleSignOn } from "./access/oidc.ts";
import { isGreenhouse } from "./api/origins.ts";
import type { Services } from "./api/services.ts";
import { greenhouse } from "./connectors/greenhouse/index.ts";
import { control } from "./control.ts";
import { Worker } from "./jobs/worker.ts";
import {
  connectionsBeingDeleted,
  credentialState,
  deleteConnectionBatch,
  listConnections,
} from "./store/connections.ts";
import { freeAllLeases } from "./store/lanes.ts";
import { databaseOf, openStore } from "./store/open.ts";
import { rotateKey, rotationUnfinished } from "./store/rotate.ts";
import { openSeal } from "./store/shared-key.ts";
import type { Store } from "./store/store.ts";
import { budgetStore, tokenStore } from "./store/tokens.ts";
import { saveVerdict } from "./store/verdicts.ts";
import type { Log, SyncDeps } from "./sync/context.ts";
import { ProgressBoard } from "./sync/progress.ts";
import { credentialLocked } from "./sync/verdicts.ts";

export interface Glasshouse {
  services: Services;
  worker: Worker;
  store: Store;
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
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Run lanes when they are due; else only when asked for. */
  scheduled: boolean;
  now?: () => number;
  onCommit?: SyncDeps["onCommit"];
  /** Of a simulator; never applied to Greenhouse's own hosts. */
  timeScale?: number;
  /** null: members sign in with passwords and passkeys alone. */
  sso?: SingleSignOn | null;
}

export async function openGlasshouse(options: GlasshouseOptions): Promise<Glasshouse> {
  const { dataDir, databaseUrl = null } = options;
  const store = await openStore(databaseOf({ dataDir, databaseUrl }));
  try {
    const seal = await openSeal(store, options.env, { anyKey: options.anyKey ?? false });
    const now = options.now ?? Date.now;
    const budgets = budgetStore(store);
    const deps: SyncDeps = {
      store,
      seal,
      tokens: tokenStore(store, seal, now),
      budgets,
      connectors: { greenhouse },
      progress: new ProgressBoard(),
      timeScale: (origins) => (Object.values(origins).some(isGreenhouse) ? 1 : (options.timeScale ?? 1)),
      log: options.log,
      now,
      owner: `${hostname()} ${process.pid}`,
      onCommit: options.onCommit,
    };
    if (store.engine === "sqlite") await store.write(freeAllLeases);
    if (await rotationUnfinished(store.read, seal, options.dataDir, options.env)) {
      await rotateKey(store, options.dataDir, options.env, seal);
    }
    await tellLocked(deps);
    const worker = new Worker(deps, { scheduled: options.scheduled });
    const deletions = finishDeletions(store);
    worker.start();
    return {
      services: control(deps, worker, options),
      worker,
      store,
      async close() {
        await worker.stop();
        await deletions;
        await budgets.flush();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A credential that can't be opened is told at once, not with the next run. */
async function tellLocked({ store, seal, now }: SyncDeps): Promise<void> {
  for (const connection of await listConnections(store.read)) {
    if ((await credentialState(store.read, seal, connection.id)) !== "locked") continue;
    await store.write((tx) => saveVerdict(tx, connection.id, credentialLocked(), now()));
  }
}

/** A deletion that was cut short goes on. */
async function finishDeletions(store: Store): Promise<void> {
  for (const connection of await connectionsBeingDeleted(store.read)) {
    for (let more = true; more; ) more = await store.write((tx) => deleteConnectionBatch(tx, connection));
  }
}
