import { parseArgs } from "node:util";
import type { SimulatorOptions } from "./index.ts";

/** What the command line asks for. `scenarioFile` is read by the caller. */
export interface Flags {
  options: SimulatorOptions;
  scenarioFile: string | null;
  json: boolean;
  help: boolean;
}

/** A flag that makes no sense; the text is for the person at the shell. */
export class FlagError extends Error {}

export const usage = `Usage: glasshouse simulate [flags]
  --users n              people in the organization, 5 to 50000 (400)
  --days d               days of audit events kept (30)
  --events-per-day n     audit events on an average day (2000)
  --job-permissions n    job permissions in all (10 per user)
  --seed s               same seed, same sizes, same day: same data (1)
  --port p               one port for every API; 0 = any free one (4199)
  --ports h,a,e          three ports: harvest, auth, audit log
  --scenario file.json   changes to the scenario
  --time-scale k         divide rate windows and Retry-After by k (1)
  --now time             where the simulator's clock starts, ISO-8601 (the real time)
  --freeze               the clock stands still
  --no-limits            no rate limits
  --json                 print one JSON line when ready
  --help`;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(value)) throw new FlagError(`--${name}: "${value}" is not a number.`);
  return Number(value);
}

const read = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: false,
    options: {
      users: text,
      days: text,
      "events-per-day": text,
      "job-permissions": text,
      seed: text,
      port: text,
      ports: text,
      scenario: text,
      "time-scale": text,
      now: text,
      freeze: flag,
      "no-limits": flag,
      json: flag,
      help: flag,
    },
  }).values;

/** Reads the command line. Throws {@link FlagError} with a message that names the flag. */
export function parseFlags(args: readonly string[]): Flags {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
  const ports = values.ports?.split(",").map((port) => number("ports", port) as number);
  if (ports && ports.length !== 3) throw new FlagError("--ports takes three ports: harvest,auth,audit.");
  if (ports && values.port !== undefined) throw new FlagError("--port and --ports exclude each other.");
  const port = number("port", values.port) ?? 4199;
  if ([port, ...(ports ?? [])].some((p) => !Number.isInteger(p) || p > 65_535))
    throw new FlagError("A port is a whole number from 0 to 65535.");
  const given = {
    users: number("users", values.users),
    days: number("days", values.days),
    eventsPerDay: number("events-per-day", values["events-per-day"]),
    jobPermissions: number("job-permissions", values["job-permissions"]),
    seed: number("seed", values.seed),
    timeScale: number("time-scale", values["time-scale"]),
    now: values.now,
    ...(ports ? { ports: ports as unknown as [number, number, number] } : { port }),
    freeze: values.freeze ?? false,
    rateLimits: !(values["no-limits"] ?? false),
  };
  const options = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as SimulatorOptions;
  return {
    options,
    scenarioFile: values.scenario ?? null,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}
