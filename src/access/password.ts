/** Passwords: what one has to be, and how it is kept. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AccessRefused } from "./refused.ts";

const MIN = 12;
/** As hard to guess as with 128 MB and one pass (OWASP holds both equal), in 32 MB: the server has 300 in all. */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const MAX_MEMORY = 64 * 2 ** 20;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** More than this many at once wait too long to be honest. */
const MAX_WAITING = 20;

/** What whoever guesses tries first here. docs/sign-in.md lists them. */
const FIRST_TRIED = [
  "glasshouse",
  "greenhouse",
  "password",
  "passwort",
  "welcome",
  "admin",
  "qwertz",
  "qwerty",
  "letmein",
];
/** Beside such a word so many different letters are needed. */
const MIN_REST = 5;

/** Is little left to guess once the words that are tried first, and one's own name and address, are taken out? */
function isFirstTried(password: string, own: readonly string[]): boolean {
  const words = own
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= 4);
  const whole = password.toLowerCase();
  const rest = [...FIRST_TRIED, ...words].reduce((left, word) => left.replaceAll(word, ""), whole);
  return rest !== whole && new Set(rest.replace(/[^\p{L}]/gu, "")).size < MIN_REST;
}

/** Of those that became known by break-ins the ones that are in use most, in lower case. Read when first asked for. */
let mostUsed: ReadonlySet<string> | null = null;

function isMostUsed(password: string): boolean {
  mostUsed ??= new Set(
    readFileSync(join(import.meta.dirname, "common-passwords.txt"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
  return mostUsed.has(password.toLowerCase());
}

/** @throws AccessRefused `password_weak` */
export function checkPassword(password: string, about: { email: string; name: string }): void {
  const refuse = (why: string): never => {
    throw new AccessRefused("password_weak", why, "Take a longer one: four unrelated words do well.");
  };
  if ([...password].length < MIN) refuse(`The password is shorter than ${MIN} characters.`);
  if (new Set(password).size < 5) refuse("The password repeats too few characters.");
  if (isMostUsed(password)) refuse("The password is one of those that are in use most, and tried first.");
  const same = [about.email, about.email.split("@")[0]!, about.name].map((text) => text.toLowerCase());
  if (same.includes(password.toLowerCase())) refuse("The password is your name or e-mail address.");
  if (isFirstTried(password, [about.email.split("@")[0]!, about.name])) {
    refuse("The password is made of words that are tried first: our name, yours, or one such as password.");
  }
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** @param kept null: there is no such member or password; it takes as long as with one, and is never right */
export async function passwordMatches(password: string, kept: string | null): Promise<boolean> {
  const [, N, r, p, salt, hash] = (kept ?? NOBODYS).split("$");
  const right = Buffer.from(hash!, "base64url");
  const given = await derive(password, Buffer.from(salt!, "base64url"), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(given, right) && kept !== null;
}

const NOBODYS = [
  "scrypt",
  COST.N,
  COST.r,
  COST.p,
  Buffer.alloc(SALT_BYTES).toString("base64url"),
  Buffer.alloc(HASH_BYTES).toString("base64url"),
].join("$");

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** One at a time: each takes much memory. */
async function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  if (waiting >= MAX_WAITING) {
    throw new AccessRefused(
      "too_many_tries",
      "Too many people sign in at this moment.",
      "Try again in a minute.",
    );
  }
  waiting++;
  const mine = last.then(
    () =>
      new Promise<Buffer>((done, failed) =>
        scrypt(password.normalize("NFKC"), salt, HASH_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, key) =>
          error ? failed(error) : done(key),
        ),
      ),
  );
  last = mine.catch(() => {});
  try {
    return await mine;
  } finally {
    waiting--;
  }
}
