import assert from "node:assert/strict";
import { union } from "../../src/model/span.ts";
import type { ListStream } from "../../src/model/stream.ts";
import { heldListings } from "../../src/store/listings/listed.ts";
import {
  assertAsOf,
  assertCoverage,
  assertEqualsNow,
  assertReplays,
  assertUse,
  assertWell,
  listingsSince,
  type Proof,
} from "./checks.ts";
import { DECEPTIVE, type History, type Round } from "./steps.ts";
import { World } from "./world.ts";

const DAY = 86_400_000;
const HOUR_S = 3600;

export interface Played {
  /** States of the past that were compared with the ledger. */
  compared: number;
  events: number;
}

/** Plays a history, lets calm return, and checks that nothing was lost, invented or claimed wrongly on the way. */
export async function play(history: History): Promise<Played> {
  const world = await World.begin(history);
  try {
    const proofs: Proof[] = [];
    const readable: { from: number; to: number }[] = [];
    for (const round of history.rounds) await sync(world, round, proofs, readable);
    await calmDown(world, proofs, readable);
    await assertEqualsNow(world, await world.truth());
    await assertWell(world);
    await assertUse(world);
    const compared = await assertReplays(world, proofs);
    await assertAsOf(world, proofs);
    return { compared, events: world.sim.control.eventCount() };
  } finally {
    await world.end();
  }
}

async function sync(
  world: World,
  round: Round,
  proofs: Proof[],
  readable: { from: number; to: number }[],
): Promise<void> {
  const { sim } = world;
  world.pass(round.passes);
  const { clockOff } = world;
  for (const change of round.changes) world.change(change);
  // By a clock that was set back, a listing that goes on seems to have begun later than it did.
  const moved = world.clockOff !== clockOff;
  if (round.faults.length > 0) sim.control.addFaults(...round.faults);
  const truth = await world.truth();
  const began = world.now();
  const commitsBefore = proofs.at(-1)?.seq ?? 0;
  let changed = false;
  readable.push({ from: world.simNow() - 30 * DAY, to: world.simNow() });
  await world.sync(round, (commits) => {
    changed ||= commits === round.midway?.after;
  });
  const deceived = sim.control
    .faults()
    .some(({ fault, applied }) => applied > 0 && DECEPTIVE.includes(fault.kind));
  sim.control.clearFaults();
  for (const listing of await listingsSince(world, commitsBefore)) {
    const stream = listing.stream as ListStream;
    const sound = !changed && !deceived && !moved && listing.started_at >= began;
    proofs.push({ stream, seq: listing.seq, endedAt: listing.ended_at, truth: sound ? truth[stream] : null });
  }
  await assertCoverage(world, union(readable));
}

/** No fault any more, everything allowed; what was held is agreed to by a second listing, or by a person. */
async function calmDown(
  world: World,
  proofs: Proof[],
  readable: { from: number; to: number }[],
): Promise<void> {
  const { connection } = world;
  const calm: Round = {
    passes: 26 * HOUR_S,
    changes: [
      { what: "our clock", hours: 0 },
      { what: "admin user up" },
      { what: "scopes back" },
      { what: "log on" },
    ],
    faults: [],
    midway: null,
    cut: null,
  };
  await sync(world, calm, proofs, readable);
  const quiet = { ...calm, passes: 2 * HOUR_S, changes: [] };
  await sync(world, quiet, proofs, readable);
  for (const held of await heldListings(world.house.store.read, connection.id)) {
    await world.house.services.acceptHeld(connection, held.stream, held.rowsAbsent);
  }
  const before = await ledgerEnd(world);
  await sync(world, quiet, proofs, readable);
  assert.equal(
    await ledgerEnd(world),
    before,
    "a calm sync over unchanged data writes no line of the ledger",
  );
}

async function ledgerEnd({ house, connection }: World): Promise<number | null> {
  const { seq } = await house.store.read
    .selectFrom("change")
    .select((eb) => eb.fn.max("seq").as("seq"))
    .where("connection", "=", connection.id)
    .executeTakeFirstOrThrow();
  return seq;
}
