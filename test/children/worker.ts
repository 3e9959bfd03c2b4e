/**
 * A worker in a process of its own, on a shared database. Arguments: DATABASE_URL DATA_DIR [STOP]. Prints `works` when it
 * has begun, and `page` for each page it has stored. STOP: `inside` stands still at the end of the transaction that
 * stores users, before its commit; `between` right after the commit of its first page. It says so first, and goes on when
 * its parent sends SIGCONT. The clock of its machine differs by GLASSHOUSE_TEST_CLOCK_OFF milliseconds.
 */
import { sql } from "kysely";
import { pino } from "pino";
import { openGlasshouse } from "../../src/glasshouse.ts";
import type { Tx } from "../../src/store/store.ts";

const off = Number(process.env.GLASSHOUSE_TEST_CLOCK_OFF ?? 0);
const Machines = Date;
globalThis.Date = class extends Machines {
  constructor(...given: [] | [number]) {
    if (given.length > 0) super(...(given as [number]));
    else super(Machines.now() + off);
  }
  static override now = () => Machines.now() + off;
} as DateConstructor;

const [databaseUrl, dataDir, stop] = process.argv.slice(2) as [
  string,
  string,
  "inside" | "between" | undefined,
];
let stood = false;

const house = await openGlasshouse({
  databaseUrl,
  dataDir,
  env: process.env,
  scheduled: true,
  makesKey: false,
  timeScale: 1_000_000,
  log: pino({ level: process.env.GLASSHOUSE_TEST_LOG ?? "silent" }, process.stderr),
  onCommit(point) {
    if (point !== "page_stored" && point !== "activity_stored") return;
    process.stdout.write("page\n");
    if (stop === "between") standStill();
  },
  async beforeCommit(tx) {
    if (stop === "inside" && (await storesUsers(tx))) standStill();
  },
});
process.stdout.write("works\n");
process.once("SIGTERM", () => void house.close());

function standStill(): void {
  if (stood) return;
  stood = true;
  process.stdout.write("stands still\n");
  process.kill(process.pid, "SIGSTOP");
}

async function storesUsers(tx: Tx): Promise<boolean> {
  const { rows } = await sql`select 1 from "user"
    where xmin::text::bigint = (pg_current_xact_id()::text::bigint & 4294967295) limit 1`.execute(tx);
  return rows.length > 0;
}
