import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { test } from "node:test";
import { checkPassword, hashPassword, passwordMatches } from "./password.ts";

const PASSWORD = "correct horse battery staple";

test("a password is kept as hard to guess as it says: 32 MB, three times over", async () => {
  const kept = await hashPassword(PASSWORD);
  const [way, N, r, p, salt, hash] = kept.split("$");
  assert.deepEqual([way, N, r, p], ["scrypt", "32768", "8", "3"]);
  const options = { N: 32_768, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
  const expected = scryptSync(PASSWORD, Buffer.from(salt!, "base64url"), 32, options);
  assert.equal(hash, expected.toString("base64url"));
});

test("the right password matches, whatever the form of its letters; another does not, nor anything where there is none", async () => {
  const kept = await hashPassword("caf\u00e9 horse battery");
  assert.equal(await passwordMatches("cafe\u0301 horse battery", kept), true);
  assert.equal(await passwordMatches("cafe horse battery", kept), false);
  assert.equal(await passwordMatches("", kept), false);
  assert.equal(await passwordMatches("caf\u00e9 horse battery", null), false);
});

/** As an earlier release may have kept it, at a cost of its own. */
function cheaplyKept(): string {
  const salt = Buffer.alloc(16, 7);
  const hash = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 });
  return ["scrypt", 1024, 8, 1, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

test("a password kept at another cost still matches", async () => {
  assert.equal(await passwordMatches(PASSWORD, cheaplyKept()), true);
});

test("whoever comes when twenty wait is sent away", async () => {
  const tries = Array.from({ length: 21 }, () => passwordMatches(PASSWORD, cheaplyKept()));
  const ends = await Promise.allSettled(tries);
  assert.deepEqual(
    ends.map(({ status }) => status),
    [...Array(20).fill("fulfilled"), "rejected"],
  );
  assert.equal(await passwordMatches(PASSWORD, cheaplyKept()), true);
});

test("a password is of any kind of characters, as long as it isn't made of what is tried first", () => {
  const about = { email: "m.ito@aldermoor.example", name: "Maximiliana Ito" };
  for (const good of [
    "8241-7730-9956",
    "x7#92!48@61$",
    "\u6b63\u78ba\u306a\u99ac\u306e\u96fb\u6c60\u306e\u30db\u30c1\u30ad\u30b9",
    "my greenhouse has seven panes",
    PASSWORD,
  ]) {
    checkPassword(good, about);
  }
  for (const bad of ["GreenHouse2026", "password-password-1", "Maximiliana!1984", "glasshouse admin 99"]) {
    assert.throws(() => checkPassword(bad, about), { code: "password_weak" }, bad);
  }
});
