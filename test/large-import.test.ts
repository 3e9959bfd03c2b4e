/** A file of employees as large as may be, and larger: a server with the heap that it has takes or refuses it, and lives. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { HEAP } from "../bin/launch.mjs";
import { MAX_FILE_BYTES, MAX_ROWS } from "../src/model/employees/import-table.ts";
import { temporaryFolder } from "./harness.ts";
import { program } from "./program.ts";

const skip = process.env.GLASSHOUSE_TEST_LONG ? false : "only in npm run test:long";

/** As many rows as fit. */
function file(head: string, row: (i: number) => string, rows: number): { kind: "csv"; file: string } {
  const lines = [head];
  let bytes = head.length + 1;
  for (let i = 0; i < rows; i++) {
    const line = row(i);
    bytes += line.length + 1;
    if (bytes > MAX_FILE_BYTES) break;
    lines.push(line);
  }
  return { kind: "csv", file: Buffer.from(lines.join("\n")).toString("base64") };
}

const HEAD = "Employee ID,Name,Work Email,Home Email,Department,Manager,Hire Date,Status";
const person = (i: number) =>
  `EMP-${i},Firstname${i} Middlename Lastname${i},firstname.lastname${i}@aldermoor.example,private${i}@mail.example,` +
  `Department ${i % 97},Manager ${i % 3_000},2022-02-14,Active`;
const wide = (columns: number) => (i: number) =>
  `u${i}@a.example,${Array.from({ length: columns - 1 }, (_, j) => (i * columns + j) % 999_983).join(",")}`;

test("as large a file of employees as may be is taken, a larger one refused, and the server lives", {
  skip,
}, async (t) => {
  const dataDir = join(temporaryFolder(t), "data");
  const { ask, setupCode, child } = await program(t, ["serve"], { GLASSHOUSE_DATA_DIR: dataDir }, HEAP);
  const me = { name: "Ada", email: "ada@aldermoor.example", password: "four unrelated words here" };
  assert.equal((await ask("POST /setup", { code: setupCode(dataDir), ...me })).status, 201);
  const people = file(HEAD, person, MAX_ROWS);
  for (const known of [false, true]) {
    const preview = (await ask("POST /employees/import/preview", people)).json();
    const done = await ask("POST /employees/import", people);
    assert.equal(done.status, 200, String(done.bytes));
    const { rows, added, unchanged } = done.json();
    assert.ok(rows > 90_000 && preview.outcome.rows === rows, `${rows}`);
    assert.deepEqual([added, unchanged], known ? [0, rows] : [rows, 0]);
  }
  const columns = ["Email", ...Array.from({ length: 99 }, (_, i) => `c${i}`)].join(",");
  const whole = await ask("POST /employees/import/preview", file(columns, wide(100), 19_900));
  assert.equal(whole.status, 200, String(whole.bytes));
  for (const more of [
    file("Email", (i) => `u${i}@a.example`, MAX_ROWS + 10),
    file(columns, wide(100), 20_100),
    { kind: "paste", means: "left", text: "a@a.example\n".repeat(MAX_ROWS + 10) },
  ]) {
    const refused = await ask("POST /employees/import/preview", more);
    assert.deepEqual([refused.status, refused.json().error.code], [422, "file_unreadable"]);
  }
  assert.equal(child.exitCode, null);
});
