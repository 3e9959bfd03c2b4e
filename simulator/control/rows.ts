import { readFileSync } from "node:fs";
import { parseTime } from "../clock.ts";
import type { Made } from "../recruiting/derived.ts";
import type { RecruitingList } from "../recruiting/recruiting.ts";
import { recruitingLists } from "../recruiting/recruiting.ts";
import { BadRequest } from "../scenario.ts";
import type { Mutation, Stage } from "./mutations.ts";

const contract = JSON.parse(
  readFileSync(new URL("../harvest-v3-contract.json", import.meta.url), "utf8"),
) as { endpoints: Record<string, { fields: Record<string, string> }> };

function fieldsOf(list: RecruitingList): string[] {
  if (!recruitingLists.includes(list))
    throw new BadRequest(
      `No list of recruiting is called "${list}"; there are ${recruitingLists.join(", ")}.`,
    );
  const fields = Object.keys(contract.endpoints[`/v3/${list}`]?.fields ?? {});
  return fields.filter((field) => !["id", "created_at", "updated_at"].includes(field));
}

function checked(list: RecruitingList, row: Record<string, unknown>): Record<string, unknown> {
  const wrong = Object.keys(row).find((field) => !fieldsOf(list).includes(field));
  if (wrong !== undefined) throw new BadRequest(`${list} has no field "${wrong}".`);
  return row;
}

function timeOf(text: string | undefined, otherwise: number): number {
  const ms = text === undefined ? otherwise : parseTime(text);
  if (ms === null) throw new BadRequest(`"${text}" is not an ISO-8601 time.`);
  return ms;
}

/** Puts a row into a list of recruiting; the fields that are left out are null. */
export function addRow({ recruiting, now }: Stage, m: Extract<Mutation, { op: "addRow" }>): Made {
  const empty = Object.fromEntries(fieldsOf(m.list).map((field) => [field, null]));
  const row = { ...empty, ...checked(m.list, m.row ?? {}) };
  const createdAt = timeOf(m.createdAt, now);
  const updatedAt = timeOf(m.updatedAt, createdAt);
  return recruiting[m.list].add((id) => ({ id, createdAt, updatedAt, row }));
}

/** Changes a row that was added. */
export function changeRow({ recruiting, now }: Stage, m: Extract<Mutation, { op: "changeRow" }>): Made {
  fieldsOf(m.list);
  const ids = new Set([m.id]);
  const [found] = recruiting[m.list].page(now, Infinity, 1, () => true, undefined, ids);
  if (!found) throw new BadRequest(`${m.list} has no row ${m.id}.`);
  Object.assign(found.row, checked(m.list, m.set));
  found.updatedAt = timeOf(m.updatedAt, now);
  return found;
}
