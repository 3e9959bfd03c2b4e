/** Deterministic numbers: the same (seed, salt…) always gives the same value, in any order of asking. */

/** Mixes up to four 32-bit integers into one evenly spread unsigned 32-bit integer. */
export function hash(a: number, b: number, c = 0, d = 0): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ Math.imul(c + 0x165667b1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 13), 0x297a2d39) ^ Math.imul(d + 0x6c8e9cf5, 0x1b873593);
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The same as {@link hash}, as a fraction in [0, 1). */
export function fraction(a: number, b: number, c = 0, d = 0): number {
  return hash(a, b, c, d) / 4294967296;
}

/** One of the items, chosen by a hash value. */
export function pick<T>(items: readonly T[], h: number): T {
  return items[h % items.length] as T;
}

/** A fraction shaped into a heavy tail: most values near 1, a few very large (log-normal). */
export function heavyTail(u1: number, u2: number, spread: number): number {
  const gauss = Math.sqrt(-2 * Math.log(1 - u1 * 0.999999)) * Math.cos(2 * Math.PI * u2);
  return Math.exp(spread * gauss);
}

/** Walker's alias table: draws an index in constant time, in proportion to its weight. */
interface AliasTable {
  readonly size: number;
  draw(h1: number, h2: number): number;
}

/** Builds an {@link AliasTable}; indexes of weight 0 are never drawn. Returns null when nothing has weight. */
export function aliasTable(weights: readonly number[]): AliasTable | null {
  const members: number[] = [];
  for (let i = 0; i < weights.length; i++) if ((weights[i] as number) > 0) members.push(i);
  const n = members.length;
  if (n === 0) return null;
  const total = members.reduce((sum, i) => sum + (weights[i] as number), 0);
  const scaled = members.map((i) => ((weights[i] as number) * n) / total);
  const threshold = new Float64Array(n).fill(1);
  const other = new Uint32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) ((scaled[i] as number) < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const s = small.pop() as number;
    const l = large.pop() as number;
    threshold[s] = scaled[s] as number;
    other[s] = l;
    scaled[l] = (scaled[l] as number) + (scaled[s] as number) - 1;
    ((scaled[l] as number) < 1 ? small : large).push(l);
  }
  const index = Uint32Array.from(members);
  return {
    size: n,
    draw(h1, h2) {
      const slot = h1 % n;
      return index[h2 / 4294967296 < (threshold[slot] as number) ? slot : (other[slot] as number)] as number;
    },
  };
}

/** The greatest common divisor; used to choose steps that visit every index once. */
export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** x with (a·x) mod m = 1, for coprime a and m. */
export function inverse(a: number, m: number): number {
  let [r0, r1, s0, s1] = [a, m, 1, 0];
  while (r1 !== 0) {
    const q = Math.floor(r0 / r1);
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return ((s0 % m) + m) % m;
}
