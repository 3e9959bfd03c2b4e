/** Beyond so many in a hundred slots a lookup takes long. */
const FULL_PERCENT = 75;

/**
 * Ids of a listing, however many: 64-bit integers in a table of their own, 11 to 22 bytes each and none of it on the heap,
 * where five million of them as strings would take half a gigabyte.
 */
export class IdSet {
  /** 0: an empty slot. */
  #slots = new BigInt64Array(1024);
  #size = 0;
  #hasZero = false;

  add(id: string): void {
    const value = BigInt(id);
    if (value === 0n) this.#hasZero = true;
    else if (this.#put(value) && this.#size * 100 > this.#slots.length * FULL_PERCENT) this.#grow();
  }

  has(id: string): boolean {
    const value = BigInt(id);
    return value === 0n ? this.#hasZero : this.#slots[this.#slotOf(value)] === value;
  }

  /** false: it was there. */
  #put(value: bigint): boolean {
    const slot = this.#slotOf(value);
    if (this.#slots[slot] === value) return false;
    this.#slots[slot] = value;
    this.#size += 1;
    return true;
  }

  /** Where it is, or where it belongs. */
  #slotOf(value: bigint): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(Number(BigInt.asUintN(32, value ^ (value >> 32n))), 0x9e3779b1) >>> 8;
    for (slot &= mask; this.#slots[slot] !== 0n && this.#slots[slot] !== value; ) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new BigInt64Array(old.length * 2);
    this.#size = 0;
    for (const value of old) if (value !== 0n) this.#put(value);
  }
}
