import { HashedNumbers } from './hashed-numbers.js';

/**
 * Numbers by key that are forgotten when they are not written for one to two generations. Nothing is ever swept: the old
 * generation is let go as a whole, so that a million keys cost no pause.
 */
export class FadingNumbers {
  private young: HashedNumbers;
  private old: HashedNumbers;

  constructor(private readonly maxKeys: number) {
    this.young = new HashedNumbers(maxKeys / 2);
    this.old = new HashedNumbers(1);
  }

  /** Keys remembered; one in both generations counts twice. */
  get size(): number {
    return this.young.size + this.old.size;
  }

  get(hash: number): number | undefined {
    return this.young.get(hash) ?? this.old.get(hash);
  }

  set(hash: number, value: number): void {
    if (this.young.set(hash, value)) return;
    // Full before its time: the oldest half is forgotten, and starts anew if it comes again.
    this.turn();
    this.young.set(hash, value);
  }

  turn(): void {
    this.old = this.young;
    this.young = new HashedNumbers(this.maxKeys / 2);
  }
}
