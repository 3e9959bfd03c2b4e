/** Random histories of an organization, its faults and its syncs: whatever happens, calm brings the truth back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { play } from "./history/play.ts";
import { history } from "./history/steps.ts";

const LONG = process.env.GLASSHOUSE_TEST_LONG !== undefined;
const ONE = process.env.GLASSHOUSE_TEST_SEED;
const SIDE_BY_SIDE = 4;

/** The same every day in `npm test`; others in each long run. */
const first = ONE ? Number(ONE) : LONG ? Date.now() % 1_000_000 : 1;
const seeds = Array.from({ length: ONE ? 1 : LONG ? 1000 : 50 }, (_, i) => first + i);

test(`${seeds.length} histories from seed ${first} on: after a calm sync the store equals the account, and so does its past`, async () => {
  const waiting = [...seeds];
  const failed: string[] = [];
  let compared = 0;
  let events = 0;
  const one = async (seed: number) => {
    const property = fc.asyncProperty(history, async (drawn) => {
      const played = await play(drawn);
      compared += played.compared;
      events += played.events;
    });
    // Only who replays a single history waits for the shortest one that fails as well.
    const details = await fc.check(property, { seed, numRuns: 1, unbiased: true, endOnFailure: !ONE });
    if (!details.failed) return;
    const { counterexample, errorInstance, numShrinks } = details;
    const told = [
      `seed ${seed}; again, and shorter, with GLASSHOUSE_TEST_SEED=${seed} npm test -- histories`,
      `${inspect(counterexample![0], { depth: 9, breakLength: 140 })} (shrunk ${numShrinks} times)`,
      String((errorInstance as Error).stack),
    ].join("\n");
    process.stdout.write(`${told}\n`);
    failed.push(told);
  };
  const line = async () => {
    for (let seed = waiting.shift(); seed !== undefined && failed.length < 3; seed = waiting.shift())
      await one(seed);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, line));
  assert.equal(failed.length, 0, failed.join("\n"));
  if (ONE) return;
  assert.ok(compared > 10 * seeds.length, `${compared} states of the past were compared`);
  assert.ok(events > 50 * seeds.length, `${events} events`);
});
