import type { ProducedMessage } from '@app/kafka';
import { tokenOf } from './spooled-message.js';

/** Bytes of the messages that wait in a slot, in all and by project. */
export class Shares {
  readonly #byToken = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  of(token: string): number {
    return this.#byToken.get(token) ?? 0;
  }

  take(message: ProducedMessage, bytes: number): void {
    const token = tokenOf(message);
    this.#byToken.set(token, this.of(token) + bytes);
    this.#total += bytes;
  }

  giveBack(message: ProducedMessage, bytes: number): void {
    const token = tokenOf(message);
    const held = this.of(token);
    const given = Math.min(held, bytes);
    if (given < held) this.#byToken.set(token, held - given);
    else this.#byToken.delete(token);
    this.#total -= given;
  }

  clear(): void {
    this.#byToken.clear();
    this.#total = 0;
  }
}
