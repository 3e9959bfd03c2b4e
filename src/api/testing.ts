/** For tests: an API over a real store and services that only pretend to act. */
import { randomBytes } from "node:crypto";
import { hashOf, newApiToken } from "../access/secrets.ts";
import { openSession } from "../access/session.ts";
import { cheapPasswords } from "../access/testing.ts";
import { checkUrl } from "../alerts/guard.ts";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../model/connection.ts";
import type { MemberRole } from "../model/member.ts";
import { createConnection, fingerprintOf } from "../store/connections/connections.ts";
import { createApiToken } from "../store/members/api-tokens.ts";
import { createMember, limitMember } from "../store/members/members.ts";
import { KeyRing, loadSeal } from "../store/secrets/seal.ts";
import type { Store } from "../store/store.ts";
import { testStore } from "../store/testing.ts";
import type { ApiContext } from "./handler.ts";
import type { Services } from "./services.ts";

cheapPasswords();

type TestContext = Parameters<typeof testStore>[0];

export const NOW = Date.parse("2026-11-23T09:14:00Z");

const unexpected = (): never => {
  throw new Error("this test does not expect that call");
};

/** Services of which a test fakes what it needs; every other call fails it. */
export function fakeServices(store: Store, fakes: Partial<Services> = {}): Services {
  return {
    store,
    seal: new KeyRing([randomBytes(32)]),
    sso: null,
    alerts: {
      mailServer: false,
      consoleUrl: "https://glasshouse.example.com",
      deliver: unexpected,
      changed: () => {},
      checkAddress: async (url) => checkUrl(url, false),
    },
    testDraft: unexpected,
    draftSiteAdmins: unexpected,
    connect: unexpected,
    testConnection: unexpected,
    replaceCredential: unexpected,
    updateConnection: unexpected,
    disconnect: unexpected,
    startSync: unexpected,
    stopSync: unexpected,
    progress: unexpected,
    acceptHeld: unexpected,
    previewAction: unexpected,
    applyAction: unexpected,
    approveAction: unexpected,
    stopAction: unexpected,
    backup: unexpected,
    rotateKey: unexpected,
    notReady: async () => null,
    metrics: async () => ({
      runs: [],
      runningRuns: 0,
      requests: 0,
      throttled: 0,
      waitedMs: 0,
      workers: [],
      messages: { waiting: 0, givenUp: 0 },
    }),
    others: async () => null,
    ...fakes,
  };
}

/** Ways to be somebody over HTTP: each gives the headers to send. */
export function people(store: Store, now: number) {
  let n = 0;
  const member = (role: MemberRole, connections: number[] | null = null) =>
    store.write(async (tx) => {
      n++;
      const facts = { email: `${role}.${n}@aldermoor.example`, name: `The ${role}`, password: null, now };
      const id = await createMember(tx, { ...facts, role });
      await limitMember(tx, id, connections);
      return id;
    });
  return {
    member,
    /** A member's session, as a browser sends it. */
    async session(role: MemberRole, connections: number[] | null = null) {
      const id = await member(role, connections);
      const { token } = await store.write((tx) => openSession(tx, id, { ip: null, agent: null }, now));
      return { cookie: `glasshouse_session=${token}` };
    },
    /** An API token of a member with the role `owner`. */
    async token(role: MemberRole, owner: MemberRole = role, endsAt: number | null = null) {
      const id = await member(owner);
      const token = newApiToken();
      const facts = { member: id, name: "reports", role, hash: hashOf(token), now, endsAt };
      await store.write((tx) => createApiToken(tx, facts));
      return { authorization: `Bearer ${token}` };
    },
  };
}

/** A context over an empty store, and a way to add connections to it. */
export async function testContext(t: TestContext, fakes: Partial<Services> = {}) {
  const store = await testStore(t);
  const seal = await loadSeal(store.dir, {});
  const context: ApiContext = {
    services: fakeServices(store, fakes),
    config: { origins: GREENHOUSE_ORIGINS, publicUrl: null, trustProxy: [] },
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
  return { context, store, connect, ...people(store, NOW) };
}
