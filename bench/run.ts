/**
 * Measures what we claim about speed: `npm run bench [-- [--full] [--size=1/10] [--postgres[=URL]] [--keep=FOLDER] [--json] [CLAIM …]]`.
 * Prints a table, or with --json one array. Ends with 3 when a goal is missed. `--postgres` measures on a server of
 * PostgreSQL: one of our own, or the one at URL, as a user who may make databases there. `--keep` leaves what `growth`
 * generates in FOLDER (and in the databases of URL), and uses what is there.
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Claim, type Figure, goalText, isMet, valueText } from "./claim.ts";
import { fleet } from "./fleet.ts";
import { cacheFolder } from "./folder.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { ingest } from "./ingest.ts";
import { leastTime } from "./least-time.ts";
import { memory } from "./memory.ts";
import { page } from "./page.ts";
import { benchPostgres } from "./place.ts";
import { questions } from "./questions.ts";
import { reader } from "./reader.ts";
import { scroll } from "./scroll.ts";
import { start } from "./start.ts";
import { table } from "./table.ts";

const CLAIMS: Record<string, Claim> = {
  "least-time": leastTime,
  reader,
  ingest,
  memory,
  questions,
  start,
  idle,
  page,
  scroll,
  growth,
  fleet,
};
/** They store nothing, or start as `npm start` does: there is nothing to measure on PostgreSQL. */
const ON_NO_SERVER = ["reader", "start"];
const SIZES: Record<string, number> = { "1/100": 1 / 100, "1/10": 1 / 10, "1": 1 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  args: process.argv.slice(2).map((arg) => (arg === "--postgres" ? "--postgres=" : arg)),
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    size: { type: "string" },
    postgres: { type: "string" },
    keep: { type: "string" },
  },
});
const sizeText = values.size ?? (values.full ? "1" : "1/100");
const size = SIZES[sizeText];
if (size === undefined) {
  process.stderr.write(`--size: "${sizeText}" is none of ${Object.keys(SIZES).join(", ")}.\n`);
  process.exit(2);
}
const unknown = positionals.filter((name) => !(name in CLAIMS));
if (unknown.length > 0) {
  process.stderr.write(
    `No claim is called ${unknown.join(", ")}. There are ${Object.keys(CLAIMS).join(", ")}.\n`,
  );
  process.exit(2);
}

const onServer = values.postgres !== undefined;
if (values.keep !== undefined && values.postgres === "") {
  process.stderr.write("--keep needs a server that stays: --postgres=postgres://…\n");
  process.exit(2);
}
const chosen = Object.keys(CLAIMS)
  .filter((name) => positionals.length === 0 || positionals.includes(name))
  .filter((name) => !onServer || positionals.includes(name) || !ON_NO_SERVER.includes(name));
const postgres = onServer ? await benchPostgres(values.postgres!, cacheFolder()) : null;
// It ends with us, also where a measurement fails.
process.once("SIGINT", () => void postgres?.stop().then(() => process.exit(130)));
const figures: (Figure & { claim: string })[] = [];
try {
  for (const claim of chosen) {
    const startedAt = performance.now();
    const say = (text: string) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${claim}: ${text}`);
    };
    say("…");
    for (const figure of await CLAIMS[claim]!({
      full: values.full,
      size,
      postgres,
      keep: values.keep ?? null,
      say,
    }))
      figures.push({ claim, ...figure });
    const took = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`${process.stderr.isTTY ? "\r\x1b[K" : ""}${claim}: ${took} s\n`);
  }
} finally {
  await postgres?.stop();
}

const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(
  " ",
);
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim()}, ${process.platform}, Node ${process.version}`;
if (values.json) {
  const told = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  process.stdout.write(`${JSON.stringify({ command, machine, figures: told }, null, 2)}\n`);
} else {
  const rows = figures.map((figure) => [
    figure.claim,
    figure.what,
    valueText(figure),
    goalText(figure),
    { true: "yes", false: "NO", null: "" }[String(isMet(figure))]!,
    figure.conditions,
  ]);
  process.stdout.write(
    `${command}\n${machine}\n\n${table(["Claim", "Figure", "", "Goal", "Met", "Conditions"], rows)}\n`,
  );
}
if (figures.some((figure) => isMet(figure) === false)) process.exitCode = 3;
