import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command; with `until`, stops it once its output matches, after `meanwhile` has been done. */
function run(
  args: string[],
  until?: RegExp,
  meanwhile: (out: string) => Promise<void> = async () => undefined,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args]);
    const ran: Ran = { code: null, out: "", err: "" };
    let met = false;
    child.stdout.on("data", (part: Buffer) => {
      ran.out += part.toString();
      if (!until?.test(ran.out) || met) return;
      met = true;
      meanwhile(ran.out).then(
        () => child.kill("SIGTERM"),
        (error) => {
          child.kill("SIGKILL");
          reject(error);
        },
      );
    });
    child.stderr.on("data", (part: Buffer) => {
      ran.err += part.toString();
    });
    child.on("exit", (code) => resolve({ ...ran, code }));
  });
}

test("the command tells a person where everything is, and ends with SIGTERM", async () => {
  const { code, out } = await run(["--users", "5", "--port", "0"], /Ctrl-C/);
  assert.equal(code, 0);
  for (const expected of [
    /GLASSHOUSE_GREENHOUSE_HARVEST_URL=http:\/\/127\.0\.0\.1:\d+\n/,
    /GLASSHOUSE_GREENHOUSE_AUTH_URL=/,
    /GLASSHOUSE_GREENHOUSE_AUDIT_URL=/,
    /Client secret/,
    /Site Admin/,
  ])
    assert.match(out, expected);
});

test("--json prints one line, --ports opens three, a scenario file is applied", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"));
  const file = join(folder, "scenario.json");
  writeFileSync(file, JSON.stringify({ audit: { addon: "off" } }));
  const args = [
    "--users",
    "5",
    "--ports",
    "0,0,0",
    "--scenario",
    file,
    "--json",
    "--no-limits",
    "--freeze",
    "--now",
    "2026-11-23T12:00:00Z",
  ];
  const { code, out } = await run(args, /\n/, async (line) => {
    const told = JSON.parse(line);
    assert.equal(new Set(Object.values(told.urls)).size, 3);
    const { audit, now } = await fetch(`${told.urls.audit}/_sim/scenario`).then(async (r) => ({
      ...((await r.json()) as { audit: { addon: string } }),
      now: r.headers.get("date"),
    }));
    assert.equal(audit.addon, "off");
    assert.equal(now, null, "the control endpoint is outside the played world");
  });
  rmSync(folder, { recursive: true });
  assert.equal(code, 0);
  assert.deepEqual(Object.keys(JSON.parse(out)), [
    "urls",
    "clientId",
    "clientSecret",
    "v1Key",
    "siteAdminId",
    "deactivatedAdminId",
    "nonAdminId",
    "organizationId",
    "port",
  ]);
});

const mistakes: [string, string[], RegExp][] = [
  ["an unknown flag", ["--user", "5"], /Unknown option '--user'/],
  ["a word for a number", ["--users", "many"], /--users: "many" is not a number/],
  ["too few people", ["--users", "4"], /users must be a whole number from 5 to 50000/],
  ["two ports", ["--ports", "1,2"], /--ports takes three ports/],
  ["a bad time", ["--now", "today"], /now: "today" is not an ISO-8601 time/],
  ["a missing file", ["--scenario", "/nowhere.json"], /cannot read \/nowhere.json/],
];
for (const [name, args, message] of mistakes) {
  test(`${name}: exit code 2 and a clear message`, async () => {
    const { code, err } = await run(args);
    assert.equal(code, 2);
    assert.match(err, message);
  });
}
