import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { CommitPoint } from "../src/sync/context.ts";
import { dump } from "./dump.ts";
import { connect, draftFor, open, simulate, temporaryFolder } from "./harness.ts";

/**
 * A chain of kills on one installation: each kills the running sync, the next start goes on, and the last start ends.
 * A number is a kill after that many milliseconds of the sync; else the n-th commit of that kind.
 */
type Cut = [CommitPoint, number] | number;

const POINTS: CommitPoint[] = [
  "run_started",
  "listing_begun",
  "page_stored",
  "listing_finished",
  "activity_stored",
  "levels_refreshed",
  "days_rebuilt",
  "verdict_saved",
  "run_ended",
];
const CHAINS: Cut[][] = [
  [
    ["run_started", 1],
    ["listing_begun", 2],
    ["page_stored", 3],
    ["listing_finished", 2],
    ["verdict_saved", 2],
    ["levels_refreshed", 1],
    ["activity_stored", 4],
    ["activity_stored", 7],
    40,
    ["run_ended", 1],
  ],
];
if (process.env.GLASSHOUSE_TEST_LONG) {
  const random = seeded(Number(process.env.GLASSHOUSE_TEST_SEED ?? Date.now() % 1e6));
  for (let chain = 0; chain < 12; chain++) {
    CHAINS.push(
      Array.from({ length: 9 }, () =>
        random() < 0.4
          ? Math.round(random() * 400)
          : [POINTS[Math.floor(random() * POINTS.length)]!, 1 + Math.floor(random() * 6)],
      ),
    );
  }
}

test("a sync that is killed again and again ends with the same data as one left alone", async (t) => {
  const sim = await simulate(t, { users: 120, eventsPerDay: 150, freeze: true, seed: 7 });
  const house = await open(t);
  await connect(house, draftFor(sim, "harvest_v3"));
  await house.close();

  const calm = copyOf(t, house.dataDir);
  assert.equal(await runChild(calm, null), "ended");
  const expected = dump(join(calm, "glasshouse.sqlite"));
  assert.ok(expected.event!.length > 1_000, "the undisturbed sync has read the log");
  assert.ok(expected.job_grant!.length > 100, "the undisturbed sync has read the grants");

  for (const chain of CHAINS) {
    await t.test(
      `cuts: ${chain.map((cut) => (typeof cut === "number" ? `${cut} ms` : cut.join(" "))).join(", ")}`,
      async () => {
        const dataDir = copyOf(t, house.dataDir);
        let cuts = 0;
        for (const cut of chain) {
          const end = await runChild(dataDir, cut);
          // A chain may run out of work before its last cuts; a cut that fell outside a sync proves nothing.
          if (end === "ended") break;
          assert.equal(end, "killed in the middle", `cut ${JSON.stringify(cut)}`);
          cuts++;
        }
        assert.ok(cuts >= Math.min(chain.length, 6), `only ${cuts} of ${chain.length} cuts fell into a sync`);
        assert.equal(await runChild(dataDir, null), "ended");
        const actual = dump(join(dataDir, "glasshouse.sqlite"));
        for (const table of Object.keys(expected)) assert.deepEqual(actual[table], expected[table], table);
      },
    );
  }
});

function copyOf(t: TestContext, dataDir: string): string {
  const copy = temporaryFolder(t);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

async function runChild(dataDir: string, cut: Cut | null): Promise<string> {
  const at = Array.isArray(cut) ? cut.map(String) : [];
  const script = join(import.meta.dirname, "children", "sync.ts");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, dataDir, "Aldermoor", ...at],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let told = "";
  child.stdout.on("data", (chunk) => {
    const begun = told.includes("begun");
    told += chunk;
    if (!begun && told.includes("begun") && typeof cut === "number")
      setTimeout(() => child.kill("SIGKILL"), cut);
  });
  const signal = await new Promise((resolve) => child.on("close", (_code, signal) => resolve(signal)));
  if (told.includes("ended")) return "ended";
  if (signal === "SIGKILL") return told.includes("begun") ? "killed in the middle" : "killed before it began";
  return `failed: ${signal} ${told}`;
}

function seeded(seed: number): () => number {
  process.stdout.write(`seed ${seed} (GLASSHOUSE_TEST_SEED=${seed} repeats it)\n`);
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
