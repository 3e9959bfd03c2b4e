import { domainsOfEmployees } from "../store/employees/employee-lists.ts";
import { ownDomains } from "../store/employees/employees.ts";
import type { Db } from "../store/store.ts";

export interface CompanyDomains {
  domains: string[];
  /** false: nobody has said so; they are the ones that most employees have. */
  said: boolean;
  /** Of the addresses in the directory, most employees first. */
  found: { domain: string; employees: number }[];
}

/** A domain of fewer employees than this part of the commonest is rather somebody's private one. */
const PART = 0.1;

/** Which domains are the company's own. */
export async function domainsOfCompany(db: Db): Promise<CompanyDomains> {
  const [said, found] = await Promise.all([ownDomains(db), domainsOfEmployees(db)]);
  if (said.length > 0) return { domains: said, said: true, found };
  const most = found[0]?.employees ?? 0;
  const guessed = found.filter(({ employees }) => employees >= most * PART).map(({ domain }) => domain);
  return { domains: guessed, said: false, found };
}
