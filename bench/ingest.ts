/** How fast events are stored, against bare inserts into the same table. */
import { EventReader } from "../src/connectors/greenhouse/audit/event.ts";
import { identityHash } from "../src/connectors/greenhouse/audit/hash.ts";
import { formatTime } from "../src/connectors/greenhouse/audit/query.ts";
import { auditTransport } from "../src/connectors/greenhouse/audit-transport.ts";
import { parts, sessionOptions } from "../src/connectors/greenhouse/testing.ts";
import { DEFAULT_SETTINGS, GREENHOUSE_ORIGINS } from "../src/model/connection.ts";
import { dayZone } from "../src/model/day.ts";
import type { EventRecord } from "../src/model/records.ts";
import { createConnection, fingerprintOf } from "../src/store/connections/connections.ts";
import { claimLane } from "../src/store/lanes/lane-claims.ts";
import { saveCheckpoint } from "../src/store/lanes/lanes.ts";
import type { KeyRing } from "../src/store/secrets/seal.ts";
import type { Store } from "../src/store/store.ts";
import { storeEvents } from "../src/store/usage/events.ts";
import { openBare } from "./bare.ts";
import { type Claim, count } from "./claim.ts";
import { engineName, inPlace, openPlace, type Place } from "./place.ts";
import { NO_LIMITS } from "./server.ts";
import { type BenchSimulator, startBenchSimulator } from "./simulator.ts";

const BATCH = 500;
/** Both take turns, so that what else the machine does meets both. */
const TURN = 5000;
const KEY = new Uint8Array(32).fill(7);
const KEY_TEXT = Buffer.from(KEY).toString("hex");
const ASK = { method: "GET", path: "/events", host: "bench", status: 200, at: 0, requestId: null };
const HOUR_MS = 3_600_000;
const LEASE_MS = 24 * HOUR_MS;

export const ingest: Claim = ({ full, postgres, say }) =>
  inPlace(postgres, (place) =>
    inPlace(postgres, async (other) => {
      const wanted = full ? 1_000_000 : 200_000;
      const simulator = await startBenchSimulator({
        users: 2000,
        grants: 2000,
        eventsPerDay: Math.ceil(wanted / 28),
        limits: false,
        scenario: { "audit.unpagedCap": null },
      });
      const ours = await openOurs(place);
      const bare = await openBare(other);
      const spent = { reading: 0, ours: 0, bare: 0 };
      let events = 0;
      try {
        for await (const turn of turns(simulator, wanted)) {
          let from = performance.now();
          const records = readAll(turn);
          spent.reading += performance.now() - from;
          from = performance.now();
          for (const batch of batches(records)) await ours.store(batch);
          spent.ours += performance.now() - from;
          from = performance.now();
          for (const batch of batches(records)) await bare.store(batch);
          spent.bare += performance.now() - from;
          events += turn.length;
          say(`${count(events)} events`);
        }
      } finally {
        await simulator.stop();
        await ours.close();
        await bare.close();
      }
      const rate = (ms: number) => count((1000 * events) / ms);
      return [
        {
          what: "stored events a second ÷ bare",
          value: spent.bare / spent.ours,
          unit: "",
          goal: { atLeast: 0.25 },
          conditions:
            `${engineName(postgres)}; ${count(events)} events of 2,000 users, newest first, ${BATCH} a transaction, ${count(TURN)} in turn; ` +
            `ours hashes, stores and rolls up ${rate(spent.ours)} a second; bare: ${
              postgres ? "one statement for each batch" : "one prepared insert each"
            } into the same ` +
            `table and index, as durable, ${rate(spent.bare)} a second; no limits, no network. Before that, ` +
            `validating and redacting (and hashing a first time): ${rate(spent.reading)} a second`,
        },
      ];
    }),
  );

/** Raw events as the audit log gives them, newest first, in turns of the same size. */
async function* turns(simulator: BenchSimulator, wanted: number): AsyncGenerator<unknown[]> {
  const { clientId, clientSecret: secret } = simulator;
  const { caller, authorization } = parts(
    sessionOptions(
      simulator.urls,
      { kind: "harvest_v3", clientId, secret },
      { adminUserId: String(simulator.siteAdminId), timeScale: NO_LIMITS },
    ),
  );
  const log = auditTransport(caller, authorization);
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  let waiting: unknown[] = [];
  let given = 0;
  for (let to = now; given < wanted && to > now - 29 * 24 * HOUR_MS; to -= HOUR_MS) {
    const query = {
      after_time: formatTime(to - HOUR_MS, "seconds"),
      before_time: formatTime(to - 1, "seconds"),
    };
    const { body } = await log.get(query, {}, false);
    waiting = waiting.concat((body as { results: unknown[] }).results);
    while (waiting.length >= TURN) {
      yield waiting.slice(0, TURN);
      waiting = waiting.slice(TURN);
      given += TURN;
    }
  }
}

function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let i = 0; i < rows.length; i += BATCH) yield rows.slice(i, i + BATCH);
}

function readAll(raw: readonly unknown[]): EventRecord[] {
  const reader = new EventReader(KEY);
  return raw.map((each) => reader.read(each)).filter((read): read is EventRecord => "hash" in read);
}

/** What the sync does with an answer: hash, and one transaction with checkpoint, events, roll-ups and coverage. */
async function openOurs(place: Place) {
  const { store, seal } = await openPlace(place);
  const connection = await aConnection(store, seal);
  const claim = (await store.write((tx) =>
    claimLane(tx, connection, "usage", "bench", LEASE_MS, Date.now()),
  ))!;
  const zone = dayZone("UTC");
  let top = Date.now();
  return {
    async store(records: EventRecord[]): Promise<void> {
      const events = records.map((record) => ({ ...record, hash: identityHash(KEY_TEXT, record) }));
      const span = { from: events.at(-1)!.at, to: top };
      top = span.from;
      const page = {
        events,
        unreadable: [],
        claim: span,
        unclaim: null,
        hole: null,
        checkpoint: { top },
        progress: { working: span, remainingMs: 0, phase: "backfill" as const },
        ask: ASK,
      };
      await store.write(async (tx) => {
        await saveCheckpoint(tx, claim, page.checkpoint);
        await storeEvents(tx, connection, "audit_log", page, { zone, now: Date.now() });
      });
    },
    close: () => store.close(),
  };
}

async function aConnection(store: Store, seal: KeyRing): Promise<number> {
  const credential = { kind: "harvest_v3", clientId: "bench-1", secret: "none" } as const;
  const { id } = await store.write((tx) =>
    createConnection(tx, seal, {
      name: "bench",
      credential,
      permissionType: "read",
      adminUserId: null,
      origins: GREENHOUSE_ORIGINS,
      settings: DEFAULT_SETTINGS,
      fingerprint: fingerprintOf(seal, GREENHOUSE_ORIGINS, credential),
      now: Date.now(),
    }),
  );
  return id;
}
