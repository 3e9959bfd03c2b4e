import { readFileSync } from "node:fs";
import type { Flags } from "./flags.ts";
import { FlagError, parseFlags, usage } from "./flags.ts";
import type { Simulator } from "./index.ts";
import { BadRequest, startSimulator } from "./index.ts";

/** What a person needs to point a client at the simulator. */
function block(sim: Simulator): string {
  return `The simulator is ready.

  Harvest (v3 and v1)   ${sim.urls.harvest}
  Token endpoint        ${sim.urls.auth}/token
  Audit log             ${sim.urls.audit}/events
  Control endpoint      ${sim.url}/_sim/state

  Client id             ${sim.clientId}
  Client secret         ${sim.clientSecret}
  v1 key                ${sim.v1Key}
  A Site Admin          ${sim.siteAdminId}
  A deactivated one     ${sim.deactivatedAdminId}
  Not a Site Admin      ${sim.nonAdminId}
  Organization          ${sim.organizationId}

  export GLASSHOUSE_GREENHOUSE_HARVEST_URL=${sim.urls.harvest}
  export GLASSHOUSE_GREENHOUSE_AUTH_URL=${sim.urls.auth}
  export GLASSHOUSE_GREENHOUSE_AUDIT_URL=${sim.urls.audit}

Stop it with Ctrl-C.`;
}

function line(sim: Simulator): string {
  const {
    urls,
    clientId,
    clientSecret,
    v1Key,
    siteAdminId,
    deactivatedAdminId,
    nonAdminId,
    organizationId,
    port,
  } = sim;
  return JSON.stringify({
    urls,
    clientId,
    clientSecret,
    v1Key,
    siteAdminId,
    deactivatedAdminId,
    nonAdminId,
    organizationId,
    port,
  });
}

function readScenario(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new FlagError(`--scenario: cannot read ${file}.`);
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new FlagError(`--scenario: ${file} is not JSON.`);
  }
}

async function run(flags: Flags): Promise<void> {
  const scenario = flags.scenarioFile === null ? {} : readScenario(flags.scenarioFile);
  const sim = await startSimulator({ ...flags.options, scenario });
  const stop = (): void => void sim.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // Said last: whoever waits for it may stop the simulator at once.
  console.log(flags.json ? line(sim) : block(sim));
}

function complain(error: unknown): never {
  const inUse = (error as { code?: unknown }).code === "EADDRINUSE";
  const text = inUse
    ? "The port is in use. Choose another with --port, or 0 for any free one."
    : error instanceof Error
      ? error.message
      : String(error);
  console.error(`simulator: ${text}`);
  if (error instanceof FlagError) console.error(`\n${usage}`);
  process.exit(error instanceof FlagError || error instanceof BadRequest ? 2 : 1);
}

try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) console.log(usage);
  else await run(flags);
} catch (error) {
  complain(error);
}
