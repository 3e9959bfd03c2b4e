/** For tests: an API over a real store and services that only pretend to act. */
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../model/connection.ts";
import { createConnection, fingerprintOf } from "../store/connections.ts";
import { loadSeal } from "../store/seal.ts";
import type { Store } from "../store/store.ts";
import { testStore } from "../store/testing.ts";
import type { ApiContext } from "./handler.ts";
import type { Services } from "./services.ts";

type TestContext = Parameters<typeof testStore>[0];

export const NOW = Date.parse("2026-11-23T09:14:00Z");

const unexpected = (): never => {
  throw new Error("this test does not expect that call");
};

/** Services of which a test fakes what it needs; every other call fails it. */
export function fakeServices(store: Store, fakes: Partial<Services> = {}): Services {
  return {
    store,
    testDraft: unexpected,
    connect: unexpected,
    testConnection: unexpected,
    replaceCredential: unexpected,
    updateConnection: unexpected,
    disconnect: unexpected,
    startSync: unexpected,
    stopSync: unexpected,
    progress: unexpected,
    acceptHeld: unexpected,
    backup: unexpected,
    rotateKey: unexpected,
    notReady: () => null,
    metrics: () => ({ runs: [], runningRuns: 0, requests: 0, throttled: 0, waitedMs: 0 }),
    ...fakes,
  };
}

/** A context over an empty store, and a way to add connections to it. */
export async function testContext(t: TestContext, fakes: Partial<Services> = {}) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const context: ApiContext = {
    services: fakeServices(store, fakes),
    config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: false },
    version: "0.0.0-test",
    scheduled: true,
    now: () => NOW,
  };
  const connect = (name: string) =>
    store.write((tx) => {
      const credential = { kind: "harvest_v3", clientId: `${name}-1`, secret: "s" } as const;
      return createConnection(tx, seal, {
        name,
        credential,
        permissionType: "read",
        adminUserId: null,
        origins: GREENHOUSE_ORIGINS,
        settings: DEFAULT_SETTINGS,
        fingerprint: fingerprintOf(seal, GREENHOUSE_ORIGINS, credential),
        now: NOW,
      });
    });
  return { context, store, connect };
}
