import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, readConfig } from "./config.ts";
import { GREENHOUSE_ORIGINS } from "./model/connection.ts";
import { isLoopback } from "./model/loopback.ts";
import { SETTINGS } from "./settings.ts";
import { temporaryDir } from "./store/testing.ts";

test("nothing set: everything has its default", () => {
  const config = readConfig({});
  assert.equal(config.port, 4180);
  assert.equal(config.host, "127.0.0.1");
  assert.deepEqual(config.origins, GREENHOUSE_ORIGINS);
  assert.equal(config.remote, null);
});

for (const [name, value, says] of [
  ["GLASSHOUSE_PORT", "http", /not a port/],
  ["GLASSHOUSE_PORT", "65536", /not a port/],
  ["GLASSHOUSE_HOST", "0.0.0.0", /not a loopback address/],
  ["GLASSHOUSE_HOST", "glasshouse.example.com", /not a loopback address/],
  ["GLASSHOUSE_LOG_LEVEL", "loud", /none of fatal/],
  ["GLASSHOUSE_TRUST_PROXY", "yes", /neither true nor false/],
  ["GLASSHOUSE_TRUST_PROXY", "10.0.0.0/33", /neither true nor false/],
  ["GLASSHOUSE_TRUST_PROXY", "10.0.0.0/8,proxy.example.com", /a list of addresses/],
  ["GLASSHOUSE_WORKER_ADDRESS", "9180", /no address with a port/],
  ["GLASSHOUSE_WORKER_ADDRESS", "127.0.0.1:99999", /no address with a port/],
  ["GLASSHOUSE_DATABASE_URL", "mysql://db/x", /postgres:\/\/USER/],
  ["GLASSHOUSE_DATABASE_URL", "postgres://db:5432?sslmode=disable", /name the database/],
  ["GLASSHOUSE_DATABASE_URL", "postgres://db/x", /unprotected; add \?sslmode=verify-full/],
  ["GLASSHOUSE_PUBLIC_URL", "glasshouse", /not an http or https address/],
  ["GLASSHOUSE_URL", "http://10.0.0.7:4180", /unprotected/],
  ["GLASSHOUSE_URL", "https://glasshouse.example.com", /GLASSHOUSE_TOKEN/],
  ["GLASSHOUSE_GREENHOUSE_AUDIT_URL", "ftp://x", /not an http or https address/],
  ["GLASSHOUSE_GREENHOUSE_HARVEST_URL", "http://proxy.example", /unprotected/],
  ["GLASSHOUSE_GREENHOUSE_HARVEST_URL", "https://harvest.greenhouse.io/v3", /scheme, host and port alone/],
  ["GLASSHOUSE_GREENHOUSE_AUTH_URL", "https://auth.greenhouse.io?x=1", /scheme, host and port alone/],
  ["GLASSHOUSE_OIDC_ISSUER", "http://login.example.com", /sign in as anybody/],
  ["GLASSHOUSE_OIDC_ISSUER", "https://login.example.com/?a=b", /no \? and no #/],
  [
    "GLASSHOUSE_OIDC_ISSUER",
    "https://login.example.com/.well-known/openid-configuration",
    /what stands before/,
  ],
  ["GLASSHOUSE_OIDC_ISSUER", "https://login.microsoftonline.com/common/v2.0", /tenant's ID/],
  ["GLASSHOUSE_OIDC_ISSUER", "https://login.example.com", /OIDC_CLIENT_ID.*\n.*OIDC_CLIENT_SECRET/],
  ["GLASSHOUSE_OIDC_CLIENT_ID", "glasshouse", /OIDC_ISSUER/],
  ["GLASSHOUSE_SMTP_URL", "https://mail.example.com", /smtp:\/\/USER/],
  ["GLASSHOUSE_SMTP_URL", "smtp://mail.example.com?tls.rejectUnauthorized=false", /smtp:\/\/USER/],
  ["GLASSHOUSE_SMTP_URL", "smtp://mail.example.com", /GLASSHOUSE_MAIL_FROM: a mail server is set/],
  ["GLASSHOUSE_MAIL_FROM", "Glasshouse <a@b.example>", /no e-mail address/],
  ["GLASSHOUSE_WEBHOOKS_TO_PRIVATE", "yes", /neither true nor false/],
  ["GLASSHOUSE_TOKEN_FILE", "/nowhere/token", /can't be read \(ENOENT\)/],
] as const) {
  test(`${name}=${value} is refused by its name`, () => {
    assert.throws(
      () => readConfig({ [name]: value }),
      (error) =>
        error instanceof ConfigError && error.message.includes("GLASSHOUSE_") && says.test(error.message),
    );
  });
}

test("a database's URL that is refused is not repeated: a password is in it", () => {
  for (const url of [
    "mysql://u:pa55word@db/x",
    "postgres://u:pa55word@db/x",
    "postgres://u:pa55/word@db/x",
  ]) {
    assert.throws(
      () => readConfig({ GLASSHOUSE_DATABASE_URL: url }),
      (error: Error) => !/pa55/.test(`${error.message} ${error.stack}`),
    );
  }
});

for (const url of [
  "postgres://u:p@localhost/x",
  "postgresql://u@127.0.0.1:5433/x",
  "postgres://u@localhost/x?host=/var/run/postgresql",
  "postgres://u:p@db.example.com/x?sslmode=verify-full",
  "postgres://u:p@db/x?sslmode=disable",
]) {
  test(`a database at ${url} is taken`, () => {
    assert.equal(readConfig({ GLASSHOUSE_DATABASE_URL: url }).databaseUrl, url);
  });
}

for (const [publicUrl, allowed, what] of [
  ["https://glasshouse.example.com", true, "a proxy with https before it"],
  ["http://localhost:4180", true, "a container whose port only this machine reaches"],
  ["http://glasshouse.example.com", false, "http on the way"],
] as const) {
  test(`others may reach the server behind ${what}: ${allowed}`, () => {
    const env = { GLASSHOUSE_HOST: "0.0.0.0", GLASSHOUSE_PUBLIC_URL: publicUrl };
    if (allowed) assert.equal(readConfig(env).host, "0.0.0.0");
    else assert.throws(() => readConfig(env), /unprotected/);
  });
}

for (const [value, trusted] of [
  ["false", []],
  ["true", ["127.0.0.0/8", "::1/128"]],
  ["10.1.2.3", ["10.1.2.3"]],
  ["10.0.0.0/8, fd00::/8", ["10.0.0.0/8", "fd00::/8"]],
] as const) {
  test(`proxies that are believed: ${value}`, () => {
    assert.deepEqual(readConfig({ GLASSHOUSE_TRUST_PROXY: value }).trustProxy, trusted);
  });
}

test("an issuer, its client and a label make single sign-on; its secret may be a file", (t) => {
  const file = join(temporaryDir(t), "secret");
  writeFileSync(file, "shh\n");
  const env = {
    GLASSHOUSE_OIDC_ISSUER: "https://login.example.com/realms/aldermoor",
    GLASSHOUSE_OIDC_CLIENT_ID: "glasshouse",
    GLASSHOUSE_OIDC_CLIENT_SECRET_FILE: file,
  };
  const oidc = {
    issuer: new URL(env.GLASSHOUSE_OIDC_ISSUER),
    clientId: "glasshouse",
    clientSecret: "shh",
    label: "single sign-on",
  };
  assert.deepEqual(readConfig(env).oidc, oidc);
  assert.equal(readConfig({ ...env, GLASSHOUSE_OIDC_LABEL: "Aldermoor" }).oidc!.label, "Aldermoor");
  assert.equal(readConfig({}).oidc, null);
});

for (const [url, expected] of [
  ["smtp://mail.example.com", { port: 587, secure: false, requireTls: false, user: null, password: null }],
  ["smtps://mail.example.com", { port: 465, secure: true, requireTls: false, user: null, password: null }],
  [
    "smtp://gh%40x:p%40ss@mail.example.com:25",
    { port: 25, secure: false, requireTls: true, user: "gh@x", password: "p@ss" },
  ],
] as const) {
  test(`a mail server at ${url}`, () => {
    const from = "glasshouse@example.com";
    const { mailServer } = readConfig({ GLASSHOUSE_SMTP_URL: url, GLASSHOUSE_MAIL_FROM: from }).alerts;
    assert.deepEqual(mailServer, { host: "mail.example.com", from, ...expected });
  });
}

test("a mail server that is refused is not repeated: a password is in it", () => {
  const settings = {
    GLASSHOUSE_SMTP_URL: "smtp://gh:pa55@mail.example.com/x",
    GLASSHOUSE_MAIL_FROM: "a@b.example",
  };
  assert.throws(
    () => readConfig(settings),
    (error: Error) => !/pa55/.test(`${error.message} ${error.stack}`),
  );
});

test("links in messages lead to the public address, else to this machine", () => {
  const at = (env: NodeJS.ProcessEnv) => readConfig(env).alerts.consoleUrl;
  assert.equal(at({}), "http://localhost:4180");
  assert.equal(at({ GLASSHOUSE_PORT: "8080" }), "http://localhost:8080");
  assert.equal(at({ GLASSHOUSE_PUBLIC_URL: "https://gh.example.com/" }), "https://gh.example.com");
});

test("every bad setting is told at once", () => {
  assert.throws(() => readConfig({ GLASSHOUSE_PORT: "x", GLASSHOUSE_LOG_LEVEL: "y" }), /PORT.*\n.*LOG_LEVEL/);
});

test("a secret may be a file, without its line break; both at once is a mistake", (t) => {
  const file = join(temporaryDir(t), "secret");
  writeFileSync(file, "shh\n");
  assert.equal(readConfig({ GLASSHOUSE_CREDENTIAL_SECRET_FILE: file }).credentialSecret, "shh");
  const both = { GLASSHOUSE_CREDENTIAL_SECRET_FILE: file, GLASSHOUSE_CREDENTIAL_SECRET: "x" };
  assert.throws(() => readConfig(both), /not both/);
});

for (const [host, is] of [
  ["localhost", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["0:0:0:0:0:0:0:1", true],
  ["::", false],
  ["127.0.0.1.evil.example", false],
  ["localhost.evil.example", false],
  ["10.0.0.1", false],
] as const) {
  test(`${host} is ${is ? "" : "not "}this machine`, () => assert.equal(isLoopback(host), is));
}

test("each setting is told once, with meaning and example", () => {
  assert.equal(new Set(SETTINGS.map(({ name }) => name)).size, SETTINGS.length);
  for (const { name, meaning, example } of SETTINGS) assert.ok(meaning && example, name);
});
