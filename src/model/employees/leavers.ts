import { grouped } from "../text.ts";

/** Of people who have left: so many are active, and so many Greenhouse lists no longer, of whom that isn't known. */
export function leaversText(active: number, missing: number): string {
  const people = (n: number, one: string, many: string) => `${grouped(n)} ${n === 1 ? one : many}`;
  const why = `Greenhouse lists the ${missing === 1 ? "user" : "users"} no longer`;
  if (active === 0 && missing > 0)
    return `${people(missing, "person has", "people have")} left, and whether they are still active isn't known: ${why}`;
  const known = `${people(active, "person has left and is", "people have left and are")} still active`;
  return missing === 0 ? known : `${known}; of ${grouped(missing)} more that isn't known: ${why}`;
}
