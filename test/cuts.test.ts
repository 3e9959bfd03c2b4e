import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "../src/model/connection.ts";
import { RECRUITING_STREAMS, type Stream } from "../src/model/stream.ts";
import type { CommitPoint } from "../src/sync/context.ts";
import { dump } from "./dump.ts";
import { connect, draftFor, open, simulate, temporaryFolder } from "./harness.ts";

/**
 * A chain of kills on one installation: each kills the running sync, the next start goes on, and the last start ends.
 * A number is a kill after that many milliseconds of the sync; else the n-th commit of that kind.
 */
type Cut = [CommitPoint, number] | number;

/** Each named commit point, and how many of them a sync surely has. */
const POINTS: [CommitPoint, number][] = [
  ["run_started", 3],
  ["listing_begun", 6],
  ["page_stored", 6],
  ["listing_finished", 6],
  ["activity_stored", 3],
  ["levels_refreshed", 3],
  ["days_rebuilt", 1],
  ["verdict_saved", 6],
  ["run_ended", 3],
];
const CHAIN: Cut[] = [
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
];
/** In the long run: chains drawn at random, whose cuts are drawn until enough have fallen into a sync. */
const RANDOM_CHAINS = process.env.GLASSHOUSE_TEST_LONG ? 12 : 0;
const CUTS_A_CHAIN = 9;
const random = seeded(Number(process.env.GLASSHOUSE_TEST_SEED ?? Date.now() % 1e6));

function randomCut(): Cut {
  if (random() < 0.4) return Math.round(random() * 400);
  const [point, most] = POINTS[Math.floor(random() * POINTS.length)]!;
  return [point, 1 + Math.floor(random() * most)];
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

  await t.test("stopped in the middle, and woken an hour later", async (t) => {
    const dataDir = copyOf(t, house.dataDir);
    assert.equal(await runChild(dataDir, ["page_stored", 3], "stop"), "ended");
    assertSame(dataDir, expected);
  });

  const chains: (Cut | "any")[][] = [
    CHAIN,
    ...Array.from({ length: RANDOM_CHAINS }, () => Array<"any">(CUTS_A_CHAIN).fill("any")),
  ];
  for (const [n, chain] of chains.entries()) {
    await t.test(`chain ${n + 1}: ${chain.length} cuts`, async (t) => {
      const dataDir = copyOf(t, house.dataDir);
      for (const cut of chain) {
        if (Array.isArray(cut))
          assert.equal(await runChild(dataDir, cut), "killed in the middle", `cut ${cut}`);
        else await cutSurely(dataDir, () => (cut === "any" ? randomCut() : cut));
      }
      assert.equal(await runChild(dataDir, null), "ended");
      assertSame(dataDir, expected);
    });
  }
});

/** In the lane of recruiting activity: its first page, in the middle of a list, and between two lists. */
const DEED_CUTS: [CommitPoint, number][] = [
  ["deeds_stored", 1],
  ["deeds_stored", 4],
  ["deeds_stored", 6],
];

test("recruiting activity that is killed in mid-run ends with the same deeds as one left alone", async (t) => {
  const sim = await simulate(t, { users: 60, eventsPerDay: 0, freeze: true, seed: 7 });
  const house = await open(t);
  const settings = { ...DEFAULT_SETTINGS, off: ["audit_log"] satisfies Stream[] };
  await connect(house, draftFor(sim, "harvest_v3", { settings }));
  await house.close();
  const calm = copyOf(t, house.dataDir);
  assert.equal(await runChild(calm, null), "ended");
  const expected = dump(join(calm, "glasshouse.sqlite"));
  assert.ok(expected.recruiting_deed!.length > 100, "the undisturbed sync has read deeds");
  assert.ok(expected.recruiting_day!.length > 0 && expected.coverage!.length >= RECRUITING_STREAMS.length);

  const dataDir = copyOf(t, house.dataDir);
  for (const cut of DEED_CUTS)
    assert.equal(await runChild(dataDir, cut), "killed in the middle", `cut ${cut}`);
  assert.equal(await runChild(dataDir, null), "ended");
  assertSame(dataDir, expected, ["coverage"]);
  // It begins 400 days before the run did: by our own clock. One span each: nothing was left out between two cuts.
  const spans = (file: string) => dump(file).coverage!.map((line) => line.replace(/from_at=\d+/, ""));
  assert.deepEqual(
    spans(join(dataDir, "glasshouse.sqlite")),
    spans(join(calm, "glasshouse.sqlite")),
    "coverage",
  );
});

function assertSame(dataDir: string, expected: ReturnType<typeof dump>, besides: string[] = []): void {
  const actual = dump(join(dataDir, "glasshouse.sqlite"));
  for (const table of Object.keys(expected)) {
    if (!besides.includes(table)) assert.deepEqual(actual[table], expected[table], table);
  }
}

/** A sync that ended before its cut proves nothing: then another one is cut. */
async function cutSurely(dataDir: string, next: () => Cut): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const cut = next();
    const end = await runChild(dataDir, cut);
    if (end === "killed in the middle") return;
    assert.equal(end, "ended", `cut ${cut}`);
  }
  assert.fail("no cut fell into a sync");
}

function copyOf(t: TestContext, dataDir: string): string {
  const copy = temporaryFolder(t);
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

async function runChild(dataDir: string, cut: Cut | null, how: "kill" | "stop" = "kill"): Promise<string> {
  const at = Array.isArray(cut) ? [...cut.map(String), ...(how === "stop" ? [how] : [])] : [];
  let woken = false;
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
    if (!woken && told.includes("stopping")) {
      woken = true;
      void stopped(child.pid!).then(() => child.kill("SIGCONT"));
    }
    if (!begun && told.includes("begun") && typeof cut === "number")
      setTimeout(() => child.kill("SIGKILL"), cut);
  });
  const signal = await new Promise((resolve) => child.on("close", (_code, signal) => resolve(signal)));
  if (told.includes("ended")) return "ended";
  if (signal === "SIGKILL") return told.includes("begun") ? "killed in the middle" : "killed before it began";
  return `failed: ${signal} ${told}`;
}

/** The system says that the process stands still. */
async function stopped(pid: number): Promise<void> {
  while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) await turn();
}

function seeded(seed: number): () => number {
  if (process.env.GLASSHOUSE_TEST_LONG)
    process.stdout.write(`seed ${seed} (GLASSHOUSE_TEST_SEED=${seed} repeats it)\n`);
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
