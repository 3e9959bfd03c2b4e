import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { handlers } from "../../api/handlers.ts";
import { NOW, testContext } from "../../api/testing.ts";
import { Account, user } from "../../store/listings/listing-testing.ts";
import { run } from "../testing.ts";

test("employees are imported, listed, linked and exported by the command line", async (t) => {
  const { store, connect } = await testContext(t);
  const { id } = await connect("Aldermoor");
  const account = new Account(store, id);
  account.now = NOW - 3_600_000;
  await account.list("users", [
    user(1, { name: "Mara Quill", email: "mara@aldermoor.example", emails: [] }),
    user(2, { name: "Tomas Wren", email: "tomas@aldermoor.example", emails: [] }),
  ]);
  const ask = (argv: string[], stdin?: string) =>
    run(["employees", ...argv], {
      dataDir: store.dir,
      handlers,
      now: () => NOW,
      ...(stdin ? { stdin } : {}),
    });
  assert.match((await ask([])).out, /^Nobody who has left/m);

  const file = join(store.dir, "workers.csv");
  writeFileSync(file, "No.;Name;Mail address;State\nE-1;Mara Quill;mara@aldermoor.example;Gone\n");
  const dry = await ask(["import", file, "--dry-run"]);
  assert.match(dry.out, /cells parted by ";"/);
  const wrong = await ask(["import", file, "--column", "State=status", "--column", "1=employee_id"]);
  assert.equal(wrong.exit, 1);
  assert.match(wrong.out, /line 2, State: "Gone" is not a status.*\n[\s\S]*nothing was imported/);
  assert.equal((await ask(["import", file, "--column", "Salary=name"])).exit, 2);
  const right = ["--column", "State=status", "--column", "1=employee_id", "--column", "Mail address=email"];
  const done = await ask(["import", file, ...right, "--status", "gone=left"]);
  assert.match(done.out, /^Imported: 1 row, 1 added/, done.out + done.err);
  const pasted = await ask(
    ["import", "-", "--paste", "--means", "left"],
    "tomas@aldermoor.example 2026-11-12\n",
  );
  assert.match(pasted.out, /^Imported: 1 row, 1 added/, pasted.out + pasted.err);
  assert.equal((await ask(["import", "-", "--paste"], "a@b.example")).exit, 2, "it has to say what it means");

  const { out } = await ask(["Aldermoor"]);
  assert.match(out, /Tomas Wren +tomas@aldermoor\.example +2026-11-12 +11 /);
  assert.match(out, /Mara Quill +mara@aldermoor\.example +before .* ≥ 0 /);
  assert.match(out, /2 users · left but active/);
  const { out: csv } = await ask(["--csv"]);
  assert.match(csv, /^,,tomas@aldermoor\.example,/m);

  const lost = await ask(["import", "-", "--everybody", "--json"], "Employee ID,Status\nE-7,Active\n");
  assert.equal(lost.exit, 0, lost.err);
  const less = await ask(["import", "-", "--everybody"], "Employee ID,Status\nE-8,Active\n");
  assert.equal(less.exit, 2);
  assert.match(less.err, /It marks 1 employee of 1 as left.*--marks-left 1/s);
  assert.match(
    (await ask(["import", "-", "--everybody", "--marks-left", "1"], "Employee ID,Status\nE-8,Active\n")).out,
    /1 left for being absent/,
  );

  const linked = await ask(["link", "Aldermoor", "2", "e-1"]);
  assert.match(linked.out, /^Mara Quill, E-1: left \(linked by the command line, 2026-11-23\)/);
  assert.match((await ask(["--ambiguous"])).out, /Mara Quill/);
  assert.match(
    (await ask(["link", "Aldermoor", "1", "nobody"])).out,
    /^Nobody of the directory, said the command line/,
  );
  assert.match((await ask(["unlink", "Aldermoor", "1"])).out, /^In doubt: Mara Quill/);
  assert.equal((await ask(["link", "Aldermoor", "2", "E-99"])).exit, 2);
});
