import { createHmac, randomBytes } from 'node:crypto';

const DAY_MS = 86_400_000;
/** 128 bits: no two addresses of a day meet. */
const HEX_DIGITS = 32;

/**
 * A hash of addresses that nobody can look up in a table of all four billion: it is keyed, the key changes with the
 * UTC day, and each project has its own.
 */
export class AddressHash {
  private readonly secret: string | Buffer;
  private day = -1;
  private dayKey = Buffer.alloc(0);
  /** A batch comes from one address. */
  private last = { token: '', ip: '', hash: '' };

  /** @param secret undefined makes one up, which no other process knows */
  constructor(secret: string | undefined) {
    this.secret = secret ?? randomBytes(32);
  }

  /** @param now Unix milliseconds @returns 32 hex digits */
  of(token: string, ip: string, now: number): string {
    const day = Math.floor(now / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.dayKey = createHmac('sha256', this.secret)
        .update(new Date(day * DAY_MS).toISOString().slice(0, 10))
        .digest();
    } else if (this.last.ip === ip && this.last.token === token) {
      return this.last.hash;
    }
    const hash = createHmac('sha256', this.dayKey).update(`${token}:${ip}`).digest('hex').slice(0, HEX_DIGITS);
    this.last = { token, ip, hash };
    return hash;
  }
}
