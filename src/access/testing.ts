/** For tests: passwords that cost nothing to check. */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/**
 * From here on each password of this process is hashed with the least cost there is; what is kept still names the cost it should have had.
 * Otherwise a test of sign-in spends nearly all of its time on scrypt (half a minute for `api/access/access.test.ts`, measured).
 * `password.test.ts` holds the true cost.
 */
export function cheapPasswords(): void {
  const scrypt = crypto.scrypt;
  Object.assign(crypto, {
    scrypt: (...[password, salt, bytes, , done]: Parameters<typeof scrypt>) =>
      scrypt(password, salt, bytes, { N: 2 }, done),
  });
  syncBuiltinESMExports();
}
