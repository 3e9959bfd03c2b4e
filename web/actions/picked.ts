/** Which rows of a list are chosen. */
export interface Picked {
  keys: ReadonlySet<string>;
  /** All that fit, those not shown too. */
  all: boolean;
}

export const NONE: Picked = { keys: new Set(), all: false };

/** One taken out of all that fit is not chosen: what is left is what was picked before, without it. */
export function toggled({ keys, all }: Picked, key: string): Picked {
  const after = new Set(keys);
  if (!after.delete(key) && !all) after.add(key);
  return { keys: after, all: false };
}

export function isPicked({ keys, all }: Picked, key: string): boolean {
  return all || keys.has(key);
}
