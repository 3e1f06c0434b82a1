import type { Clock } from '@app/event';
import type { ProducedMessage } from '@app/kafka';
import { payloadBytes } from '../record.js';
import { describeDamage } from '../segment-info.js';
import type { Damage } from '../segment-reader.js';
import type { SpoolMetrics } from '../spool.metrics.js';
import { reasonOf } from '../storage-error.js';
import { isWholeFile } from './drain-damage.js';
import type { DrainGroup, DrainItem } from './drain-group.js';
import type { DrainLedger } from './drain-ledger.js';
import type { Handover } from './handover.js';
import type { Slot } from './slot.js';
import { encodeSpooled } from './spooled-message.js';

/** Keeps the sum: spooled + recovered = drained + dead_lettered + expired + parked + dropped + pending. */
export class OutageLedger implements DrainLedger {
  #gone = 0;
  #since: number | undefined;
  /** Told of each message that reached its topic. */
  onDrained: (message: ProducedMessage) => void = () => {};

  constructor(
    private readonly own: Slot,
    private readonly metrics: SpoolMetrics,
    private readonly handover: Handover,
    private readonly dlqTopic: string,
    private readonly clock: Clock,
    private readonly notice: (message: string) => void,
  ) {}

  drained(slot: Slot, _group: DrainGroup, item: DrainItem): void {
    this.#leave(slot, item);
    if (item.isDead) this.metrics.deadLettered(1);
    else {
      this.metrics.drained(1);
      this.onDrained(item.message);
    }
    if (this.handover.isBusy) this.handover.check(item.message.topic);
  }

  expired(slot: Slot, item: DrainItem): void {
    this.#leave(slot, item);
    this.metrics.spoolExpired(1);
    this.handover.check(item.message.topic);
  }

  unreadable(slot: Slot): void {
    this.notice(`${slot.directory}: a record holds no message of ours and is skipped`);
  }

  waitsFor({ path, from, to, error }: Damage): void {
    this.metrics.failed('EIO');
    this.notice(
      `${path}: ${to - from} bytes from offset ${from} cannot be read (${error}): tried again for half a minute; what is behind waits`,
    );
  }

  async passed(slot: Slot, damage: Damage): Promise<void> {
    if (damage.isTorn) return;
    // What was found at the start is told.
    const isNews = slot.log.spoil(damage.path);
    if (isNews) this.metrics.damaged(damage.to - damage.from);
    if (isNews || damage.error !== undefined) this.notice(describeDamage(damage));
    if (isWholeFile(damage)) await slot.log.setAside(damage.path);
  }

  recovered(count: number): void {
    this.metrics.recovered(count);
  }

  missing(slot: Slot, most: number): void {
    this.metrics.recovered(most);
    this.metrics.dropped(most, 'at most');
    this.notice(`${slot.directory}: at most ${most} events of an earlier process cannot be read any more: their records are damaged`);
  }

  lost(slot: Slot): void {
    const count = slot.giveUp();
    this.metrics.dropped(count, 'exactly');
    this.notice(`${slot.directory}: ${count} stored events cannot be read any more: their records are damaged`);
    this.handover.checkAll();
  }

  /** By way of the spool itself, so that a dead-letter topic that is away holds up nobody. */
  async poisoned(slot: Slot, group: DrainGroup, item: DrainItem, reason: string): Promise<boolean> {
    if (item.isDead) return this.park(slot, item, reason);
    const { message } = item;
    const headers = {
      ...message.headers,
      dlq_reason: reason.slice(0, 200),
      dlq_step: 'spool',
      dlq_topic: group.topic,
      dlq_timestamp: new Date(this.clock.now()).toISOString(),
    };
    const dead = { ...message, topic: this.dlqTopic, headers };
    const payload = encodeSpooled({ message: dead, partition: undefined, isDead: true });
    const bytes = payloadBytes(payload);
    this.own.appending++;
    this.own.take({ message: dead, partition: undefined }, bytes);
    try {
      const first = await this.own.log.append([payload]);
      this.own.end = Math.max(this.own.end, first + 1);
    } catch {
      this.own.leave({ message: dead, partition: undefined }, bytes);
      return false;
    } finally {
      this.own.appending--;
    }
    this.notice(`a message for ${group.topic} of ${item.bytes} bytes is refused for good (${reason}): on its way to ${this.dlqTopic}`);
    this.#leave(slot, item);
    return true;
  }

  async park(slot: Slot, item: DrainItem, reason: string): Promise<boolean> {
    try {
      await slot.parked.add({ message: alive(item), partition: undefined, isDead: false, parkedFor: reason.slice(0, 200) });
    } catch (error) {
      this.notice(`${slot.directory}: cannot park a message: ${reasonOf(error)}; trying again`);
      return false;
    }
    this.metrics.parked(1);
    this.notice(
      `${slot.directory}: a message for ${item.message.topic} of ${item.bytes} bytes is parked, nobody takes it (${reason}): inlet drain --parked retry`,
    );
    this.#leave(slot, item);
    return true;
  }

  settled(group: DrainGroup, inTime: boolean): void {
    this.#tell();
    this.handover.sent(group, inTime);
    this.handover.check(group.topic);
  }

  /** Begin and end of a drain; in between the metrics tell. */
  #tell(): void {
    const { left } = this.handover;
    if (left > 0) this.#since ??= this.clock.monotonic();
    if (left > 0 || this.#since === undefined) return;
    const seconds = ((this.clock.monotonic() - this.#since) / 1000).toFixed(1);
    this.notice(`the spool is empty again: ${this.#gone} events left it in ${seconds} s`);
    this.#since = undefined;
    this.#gone = 0;
  }

  #leave(slot: Slot, item: DrainItem): void {
    this.#gone++;
    slot.leave(item, item.bytes);
  }
}

/** The message as it was before it was on its way to the dead-letter topic. */
function alive({ message, isDead }: DrainItem): ProducedMessage {
  if (!isDead) return message;
  const { dlq_topic: topic, dlq_reason: _reason, dlq_step: _step, dlq_timestamp: _timestamp, ...headers } = message.headers;
  return { ...message, headers, topic: typeof topic === 'string' ? topic : message.topic };
}
