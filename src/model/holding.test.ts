import assert from "node:assert/strict";
import { test } from "node:test";
import { type Absence, AGREES_AFTER_MS, judgeAbsence } from "./holding.ts";

const SINCE = 1_000_000;

function absence(facts: Partial<Absence>): Absence {
  const { before = 100, absent = 0 } = facts;
  const listed = Math.max(0, before - absent);
  return {
    stream: "job_grants",
    before,
    absent,
    listed,
    run: 2,
    startedAt: SINCE + AGREES_AFTER_MS,
    viewerChanged: false,
    held: null,
    ...facts,
  };
}

const held = (facts: Partial<NonNullable<Absence["held"]>> = {}): NonNullable<Absence["held"]> => ({
  run: 1,
  since: SINCE,
  agreed: true,
  rows: 30,
  needsPerson: false,
  ...facts,
});

const removed = "apply removed";
const cases: [string, Partial<Absence>, string][] = [
  ["nothing is absent", {}, removed],
  ["5 of 8 rows: no more than 5", { before: 8, absent: 5 }, removed],
  ["6 of 8 rows", { before: 8, absent: 6 }, "hold anew"],
  ["10 of 100 rows: no more than 10 %", { absent: 10 }, removed],
  ["11 of 100 rows", { absent: 11 }, "hold anew"],
  ["the only row", { before: 1, absent: 1 }, "hold anew person"],
  ["all rows, and others are listed instead", { before: 3, absent: 3, listed: 4 }, "hold anew"],
  ["all rows, and nothing is listed", { absent: 100 }, "hold anew person"],
  ["many users", { stream: "users", absent: 11 }, "hold anew person"],
  ["a few users", { stream: "users", absent: 10 }, removed],
  ["rows of a listing that never was complete", { before: 0, absent: 40 }, removed],
  ["a few rows, the viewer has changed", { absent: 3, viewerChanged: true }, "apply not_visible"],
  ["many rows, the viewer has changed", { absent: 30, viewerChanged: true }, "hold anew"],
  ["the held rows again, ten minutes on", { absent: 30, held: held() }, removed],
  [
    "the held rows again, the viewer has changed",
    { absent: 30, held: held(), viewerChanged: true },
    "apply not_visible",
  ],
  [
    "the held rows again, a second too early",
    { absent: 30, held: held(), startedAt: SINCE + AGREES_AFTER_MS - 1000 },
    "hold",
  ],
  ["the held rows again, in the same run", { absent: 30, held: held(), run: 1 }, "hold"],
  ["the held rows and a few more", { absent: 35, held: held() }, removed],
  ["the held rows and many more", { absent: 50, held: held() }, "hold anew"],
  ["many rows, but some held ones are back", { absent: 30, held: held({ agreed: false }) }, "hold anew"],
  ["a few rows are left of the held ones", { absent: 4, held: held({ agreed: false }) }, removed],
  ["held users again", { stream: "users", absent: 30, held: held({ needsPerson: true }) }, "hold person"],
  ["many were held, now all are absent", { absent: 100, held: held() }, "hold anew person"],
  ["all rows again", { absent: 100, held: held({ rows: 100, needsPerson: true }) }, "hold person"],
];

for (const [name, facts, expected] of cases) {
  test(`absent from a complete listing: ${name}`, () => {
    const judgement = judgeAbsence(absence(facts));
    const said =
      judgement.kind === "apply"
        ? ["apply", judgement.as]
        : ["hold", judgement.anew && "anew", judgement.needsPerson && "person"];
    assert.equal(said.filter(Boolean).join(" "), expected);
  });
}
