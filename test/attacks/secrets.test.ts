/**
 * Canaries: secrets whose letters are looked for afterwards in everything that a real server leaves behind. In logs at
 * their finest, answers, files, a backup, a support bundle, command lines and environments of processes, and in what the
 * server says as it is killed by a fault.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Secret, TOTP } from "otpauth";
import { simulate, temporaryFolder } from "../harness.ts";
import { program } from "../program.ts";
import { unzip } from "../unzip.ts";

const root = dirname(dirname(import.meta.dirname));
const PASSWORD = "canary-password-7f3a9c";
const OIDC_SECRET = "canary-oidc-secret-51d0e2";
const SMTP_PASSWORD = "canary-smtp-password-0b77d1";
const HOOK = "canary-hook-address-9e42";
const KEY = Buffer.alloc(32, "canary-key").toString("base64");

/** This process and all that it has started, as the neighbours on the machine see them. */
function processes(child: ChildProcess): string {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    all.flatMap((pid) => {
      try {
        return [[pid, /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]]];
      } catch {
        return []; // gone meanwhile
      }
    }),
  );
  const ours = (pid: string | undefined): boolean =>
    pid === String(child.pid) || (pid !== undefined && pid !== "0" && ours(parents.get(pid)));
  return all
    .filter(ours)
    .flatMap((pid) => ["cmdline", "environ"].map((file) => `/proc/${pid}/${file}`))
    .map((file) => (existsSync(file) ? readFileSync(file, "latin1") : ""))
    .join("\n");
}

function filesOf(folder: string, but: readonly string[]): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((each) => each.isFile() && !but.includes(each.name))
      .map((each) => [each.name, readFileSync(join(each.parentPath, each.name), "latin1")]),
  );
}

test("no secret is in a log, an answer, a file, a backup, a bundle, a process or a last word", {
  skip: process.platform !== "linux" && "reads /proc",
}, async (t) => {
  const sim = await simulate(t, { users: 20, eventsPerDay: 10 });
  const folder = temporaryFolder(t);
  const [dataDir, keyFile, oidcFile, smtpFile] = ["data", "key", "oidc", "smtp"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(keyFile, KEY, { mode: 0o600 });
  writeFileSync(oidcFile, OIDC_SECRET, { mode: 0o600 });
  writeFileSync(smtpFile, `smtp://glasshouse:${SMTP_PASSWORD}@127.0.0.1:9`, { mode: 0o600 });
  const {
    child,
    said,
    ask,
    cookie,
    setupCode: codeIn,
  } = await program(t, ["serve"], {
    GLASSHOUSE_DATA_DIR: dataDir,
    GLASSHOUSE_SECRET_KEY_FILE: keyFile,
    GLASSHOUSE_OIDC_ISSUER: "http://127.0.0.1:9",
    GLASSHOUSE_OIDC_CLIENT_ID: "glasshouse",
    GLASSHOUSE_OIDC_CLIENT_SECRET_FILE: oidcFile,
    GLASSHOUSE_SMTP_URL_FILE: smtpFile,
    GLASSHOUSE_MAIL_FROM: "glasshouse@aldermoor.example",
    GLASSHOUSE_WEBHOOKS_TO_PRIVATE: "true",
    GLASSHOUSE_GREENHOUSE_HARVEST_URL: sim.urls.harvest,
    GLASSHOUSE_GREENHOUSE_AUTH_URL: sim.urls.auth,
    GLASSHOUSE_GREENHOUSE_AUDIT_URL: sim.urls.audit,
  });
  const shown: string[] = [];
  /** What an answer is for: looked for in everything but that answer. */
  const shownOnce = (secret: string) => {
    shown.push(secret);
    const last = said.pop()!;
    said.push(last.replaceAll(secret, "(shown here)"));
    return secret;
  };

  const setupCode = codeIn(dataDir);
  const me = { name: "Ada", email: "ada@aldermoor.example", password: PASSWORD };
  assert.equal((await ask("POST /setup", { code: setupCode, ...me })).status, 201);
  const begun = await ask("POST /session/totp", {});
  const { secret: totpSecret, url: totpUrl } = begun.json();
  said.pop();
  shown.push(totpSecret, totpUrl);
  const code = new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate();
  const confirmed = await ask("PUT /session/totp", { code });
  for (const each of confirmed.json().recoveryCodes) shownOnce(each);
  const token = shownOnce((await ask("POST /tokens", { name: "reports", role: "admin" })).json().secret);
  const scim = shownOnce((await ask("POST /scim-tokens", { name: "Okta" })).json().secret);
  const invited = await ask("POST /members", { name: "Ben", email: "ben@aldermoor.example", role: "viewer" });
  const invitation = shownOnce(invited.json().code);
  const link = shownOnce(
    (await ask("POST /connections/credential-links", { name: "Elsewhere" })).json().link,
  );
  const siem = { channel: "webhook", name: "SIEM", url: `http://127.0.0.1:9/${HOOK}/${HOOK}-end` };
  const hook = (await ask("POST /destinations", siem)).json();
  shownOnce(hook.secret);
  shownOnce((await ask(`POST /destinations/${hook.id}/secret`)).json().secret);
  const mail = (await ask("POST /destinations", { channel: "email", name: "Mine", own: true })).json();

  // Refused in every way that says something.
  for (const { id } of [hook, mail]) {
    assert.equal((await ask(`POST /destinations/${id}/test`)).json().state, "given_up");
  }
  await ask("POST /destinations", { ...siem, url: `ftp://127.0.0.1/${HOOK}` });
  await ask("POST /session", { email: me.email, password: `${PASSWORD}-wrong` });
  await ask("POST /invitation", { code: `${invitation}-wrong`, password: PASSWORD });
  await ask("POST /session/sso/begin", {});
  await ask("POST /credential-links/open", { link });
  await ask("POST /credential-links/use", { link, clientId: "abc-1", secret: "canary-wrong-secret" });
  await ask("GET /connections", undefined, { authorization: `Bearer ${token}x` });
  await ask("GET /connections", undefined, { authorization: `Bearer ${scim}` });
  await ask("POST /session", `{"password":"${PASSWORD}"`);
  const credential = { kind: "harvest_v3", clientId: sim.clientId, secret: sim.clientSecret };
  const draft = { name: "Aldermoor", credential, adminUser: String(sim.siteAdminId) };
  await ask("POST /connections", { ...draft, credential: { ...credential, secret: `${sim.clientSecret}x` } });
  assert.equal((await ask("POST /connections", draft)).status, 201);
  for (const rule of [
    { kind: "status", status: 500, body: `oops ${sim.clientSecret} ${sim.clientId}` },
    { kind: "reset" },
  ] as const) {
    sim.control.addFaults({ match: { path: "/v3/users", nth: 1, count: 1 }, fault: rule });
    await ask("POST /connections/Aldermoor/test");
  }
  await ask("POST /connections/Aldermoor/sync", { lanes: ["directory"] });
  await ask("GET /connections/Aldermoor/progress", undefined, { accept: "text/event-stream" });
  for (const path of ["", "/verdicts", "/runs", "/users", "/events", "/changes"]) {
    await ask(`GET /connections/Aldermoor${path}`);
  }
  for (const path of [
    "/session",
    "/members",
    "/tokens",
    "/scim-tokens",
    "/destinations",
    "/deliveries",
    "/trail",
    "/passkeys",
    "/openapi.json",
  ])
    await ask(`GET ${path}`);
  const bundle = unzip((await ask("GET /connections/Aldermoor/support-bundle")).bytes);
  for (const [name, content] of bundle) said.push(`${name}: ${content}`);
  await ask("POST /rotate-key");
  const session = cookie().split("=")[1]!;
  const seen = processes(child);
  assert.match(seen, /src\/main\.ts.*serve/s);
  const files = filesOf(folder, ["key", "oidc", "smtp"]);
  assert.ok(files.has("glasshouse.sqlite"));
  // As a fault of ours would end it, with a report.
  const ended = once(child, "exit");
  child.kill("SIGABRT");
  await ended;

  const secrets = {
    key: KEY,
    "key, as bytes": Buffer.from(KEY, "base64").toString("latin1"),
    password: PASSWORD,
    "OIDC client secret": OIDC_SECRET,
    "password of the mail server": SMTP_PASSWORD,
    "address of a webhook": HOOK,
    "setup code": setupCode,
    session,
    "client secret": sim.clientSecret,
    "another secret": "canary-wrong-secret",
    ...Object.fromEntries(shown.map((each, i) => [`shown once, ${i}`, each])),
  };
  const places = new Map([["log and answers", said.join("\n")], ["processes", seen], ...files]);
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 8, what);
    for (const [place, text] of places) {
      for (const written of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)]) {
        assert.equal(text.includes(written), false, `the ${what} is in ${place}`);
      }
    }
  }
});

test("a program that we only start gets none of our settings", {
  skip: process.platform !== "linux" && "reads /proc",
}, async (t) => {
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(root, "src", "main.ts"),
      ...["simulate", "--port", "0", "--users", "5", "--json"],
    ],
    { env: { PATH: process.env.PATH, GLASSHOUSE_SECRET_KEY: KEY, GLASSHOUSE_TOKEN: "canary-token-0123" } },
  );
  t.after(() => child.kill("SIGINT"));
  await once(child.stdout, "data");
  const children = processes(child).split("\n").join("\u0000").split("\u0000");
  assert.ok(children.some((part) => part.endsWith("simulator/main.ts")));
  // Its own environment is what it was started with: only the child's counts.
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const ofChild = pids.filter((pid) => {
    try {
      return new RegExp(`^PPid:\\s*${child.pid}$`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  });
  assert.equal(ofChild.length, 1);
  assert.doesNotMatch(readFileSync(`/proc/${ofChild[0]}/environ`, "latin1"), /GLASSHOUSE_|canary/);
});
