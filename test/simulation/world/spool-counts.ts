import { NoSpoolMetrics } from '@app/spool';

/** The spool's ledger: spooled + recovered = drained + dead_lettered + expired + parked + dropped + pending. */
export class SpoolCounts extends NoSpoolMetrics {
  in = 0;
  out = 0;
  /** Told lost. */
  lost = 0;
  lostAtMost = 0;
  /** Bytes that are given up. */
  damagedBytes = 0;
  expiredCount = 0;

  override spooled(messages: number): void {
    this.in += messages;
  }
  override recovered(messages: number): void {
    this.in += messages;
  }
  override drained(messages: number): void {
    this.out += messages;
  }
  override deadLettered(messages: number): void {
    this.out += messages;
  }
  override parked(messages: number): void {
    this.out += messages;
  }
  override spoolExpired(messages: number): void {
    this.out += messages;
    this.expiredCount += messages;
  }
  override dropped(messages: number, certainty: 'exactly' | 'at most'): void {
    this.out += messages;
    if (certainty === 'exactly') this.lost += messages;
    else this.lostAtMost += messages;
  }
  override damaged(bytes: number): void {
    this.damagedBytes += bytes;
  }
}

export const sumOf = (lives: readonly { readonly counts: SpoolCounts }[], name: 'lost' | 'lostAtMost' | 'expiredCount'): number =>
  lives.reduce((sum, { counts }) => sum + counts[name], 0);
