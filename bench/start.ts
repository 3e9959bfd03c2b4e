/** How long the second `npm start` takes until the server is ready. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, median } from "./claim.ts";
import { inFolder, root } from "./folder.ts";

const TIMES = 7;
const PORT = 41_807;
/** Longer than this is no start. */
const GIVE_UP_MS = 60_000;

export const start: Claim = ({ say }) =>
  inFolder(async (dataDir) => {
    const settings = {
      GLASSHOUSE_DATA_DIR: dataDir,
      GLASSHOUSE_PORT: String(PORT),
      GLASSHOUSE_LOG_LEVEL: "warn",
    };
    const ours: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i <= TIMES; i += 1) {
      say(`start ${i} of ${TIMES}`);
      const took = await startOurs(settings);
      // The first one made the database and filled Node's cache of compiled code.
      if (i > 0) ours.push(took);
      bare.push(await startBare());
    }
    const conditions = `median of ${TIMES}, from the command to the first 200 of /readyz; the data directory exists`;
    return [
      {
        what: "second npm start until ready",
        value: median(ours) / 1000,
        unit: "s",
        goal: { atMost: 1.5 },
        conditions: `${conditions}; ${Math.round(Math.min(...ours))} to ${Math.round(Math.max(...ours))} ms`,
      },
      {
        what: "the same ÷ npm and node that start nothing",
        value: median(ours) / median(bare),
        unit: "",
        goal: null,
        conditions: `npm exec -- node --eval 0: ${Math.round(median(bare))} ms`,
      },
    ];
  });

async function startOurs(settings: Record<string, string>): Promise<number> {
  const from = performance.now();
  // In a group of its own: npm hands no signal on to what it starts.
  const child = spawn("npm", ["start", "--silent"], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  const ended = once(child, "exit");
  try {
    while (!(await isReady())) {
      if (child.exitCode !== null || performance.now() - from > GIVE_UP_MS) {
        throw new Error(`npm start is not ready (exit code ${child.exitCode}); is port ${PORT} free?`);
      }
      await sleep(5);
    }
    return performance.now() - from;
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, "SIGTERM");
    await ended;
    while (await isReady()) await sleep(20);
  }
}

async function isReady(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${PORT}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

async function startBare(): Promise<number> {
  const from = performance.now();
  const child = spawn("npm", ["exec", "--", "node", "--eval", "0"], { cwd: root, stdio: "ignore" });
  await once(child, "exit");
  return performance.now() - from;
}
