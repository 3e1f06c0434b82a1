import { NoSpoolMetrics } from '@app/spool';

/** The spool's ledger: spooled + recovered = drained + dead_lettered + expired + parked + dropped + pending. */
export class SpoolCounts extends NoSpoolMetrics {
  in = 0;
  out = 0;
  lost = 0;
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
  override dropped(messages: number): void {
    this.out += messages;
    this.lost += messages;
  }
}
