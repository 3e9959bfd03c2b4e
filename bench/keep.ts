/** Large companies that stay for the next measurement (`--keep`): full size takes an hour to generate. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "./claim.ts";
import { type Company, type Counts, companyOf, foundCompany } from "./company.ts";
import { databaseAt, dropDatabase, inPlace, makeDatabase, type Place } from "./place.ts";

/**
 * Gives `work` a company of this size: a new one that is removed afterwards, or with `keep` the one that an earlier
 * measurement left in that folder (and, on PostgreSQL, in a database named after its size). What was made only in part is made anew.
 */
export async function inCompany<T>(
  { postgres, keep, say }: Pick<Options, "postgres" | "keep" | "say">,
  users: number,
  events: { n: number; days: number },
  work: (place: Place, company: Company) => Promise<T>,
): Promise<T> {
  const found = (place: Place) => foundCompany(place, users, say, events);
  if (keep === null) return inPlace(postgres, async (place) => work(place, await found(place)));
  const name = `glasshouse_bench_${users}_${events.n}`;
  const dataDir = join(keep, postgres ? `${name}_postgres` : name);
  const place: Place = { dataDir, databaseUrl: postgres && databaseAt(postgres, name) };
  const made = join(dataDir, "company.json");
  const counts = readCounts(made);
  if (counts) return work(place, companyOf(counts));
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (postgres) {
    await dropDatabase(postgres, name);
    await makeDatabase(postgres, name);
  }
  const company = await found(place);
  writeFileSync(made, JSON.stringify(company));
  return work(place, company);
}

function readCounts(file: string): Counts | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
