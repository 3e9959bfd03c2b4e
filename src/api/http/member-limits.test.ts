import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "../../model/member.ts";
import { ASKED, askedOften } from "./member-limits.ts";

const member = (id: number) => ({ kind: "member", member: { id } }) as Actor;
const [list, file] = [{}, { file: ["text/csv"] as const }];

test("a member asks as often as anybody needs to, then waits; nobody else does", () => {
  const often = askedOften();
  const { burst, perSecond } = ASKED.all;
  for (let i = 0; i < burst; i++) assert.equal(often(member(1), list, 0), 0);
  assert.equal(often(member(1), list, 0), 1);
  assert.equal(often(member(1), file, 0), 1, "a file is asked for, too");
  for (const who of [member(2), { kind: "machine" } as const, { kind: "nobody" } as const])
    assert.equal(often(who, list, 0), 0, who.kind);
  for (let i = 0; i < perSecond; i++) assert.equal(often(member(1), list, 1_000), 0);
  assert.equal(often(member(1), list, 1_000), 1);
});

test("a script that takes page after page of five million grants is never told to wait", () => {
  const often = askedOften();
  // 1,000 rows a page, and no server of ours answers with them in less than 7 ms.
  for (let page = 0; page < 5_000; page++) assert.equal(often(member(1), list, page * 7), 0);
});
