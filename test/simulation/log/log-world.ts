import type { ReaderPosition, Retention } from '@app/spool';
import { DiskTroubles, SimulatedDisk, SimulatedMedium } from '@app/spool/testing';
import { SeededRandom, VirtualTime } from '@app/testing';
import type { Machine } from '../faults/fault.js';
import { valueOf } from '../world/books.js';
import { Tally } from '../world/tally.js';
import { Trace } from '../world/trace.js';
import type { Death } from '../world/world.js';
import { LogLife } from './log-life.js';
import { LogReader } from './log-reader.js';

/** Deletes only what its reader has read, when it is full. */
const REFUSES: Retention = { bytes: 250_000, ageMs: Infinity, whenFull: 'refuse' };
/** Deletes what is older than a quarter of the time of a history. */
const FORGETS: Retention = { bytes: Infinity, ageMs: 15_000 };

/** A machine with an embedded log, those who append to it, and a reader. */
export class LogWorld implements Machine {
  readonly random: SeededRandom;
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly tally = new Tally();
  readonly troubles = new DiskTroubles();
  readonly medium: SimulatedMedium;
  readonly unreadable = new Set<string>();
  readonly lives: { readonly disk: SimulatedDisk }[];
  readonly broken: string[] = [];
  /** Sequence numbers of what was acknowledged, by id. */
  readonly acknowledged = new Map<string, number>();
  /** What the reader has read: ids by sequence number. */
  readonly read = new Map<number, string>();
  life: LogLife | undefined;
  reader: LogReader;
  sent = 0;
  /** Told. */
  deletedEvents = 0;
  readonly retention: Retention | undefined;
  mostPending = 0;

  constructor(seed: number, lines: number) {
    this.random = new SeededRandom(seed);
    this.retention = this.random.pick([undefined, REFUSES, FORGETS]);
    this.trace = new Trace(lines);
    this.medium = new SimulatedMedium(this.random);
    this.reader = new LogReader(this);
    this.lives = [this.reader];
  }

  readonly note = (line: string): void => this.trace.add(`${this.time.monotonic().toFixed(2)} ${line}`);

  readonly positions = (): readonly ReaderPosition[] => [{ name: 'warehouse', next: this.reader.place + 1 }];
  readonly deleted = (events: number): void => void (this.deletedEvents += events);

  boot(): void {
    const life = new LogLife(this);
    this.lives.push(life);
    this.life = life;
    this.note(`boot ${this.lives.length}`);
    const again = () => {
      life.kill();
      this.time.later(1000, () => this.boot());
    };
    this.time.after(0, () => void life.boot().catch(again), life);
  }

  restart(how: Death): void {
    const { life } = this;
    // One that has not come up is started again anyway.
    if (life?.log === undefined) return;
    this.life = undefined;
    this.note(how);
    this.tally.add(`fault ${how}`);
    const bootLater = () => this.time.later(100 + this.random.int(3000), () => this.boot());
    if (how === 'SIGTERM') {
      this.time.after(0, () => void life.stop().then(bootLater), life);
      return;
    }
    life.kill();
    if (how === 'power lost') {
      this.medium.losePower();
      this.reader.kill();
      this.reader = new LogReader(this, this.reader.place);
      this.lives.push(this.reader);
    }
    bootLater();
  }

  append(count: number): void {
    const { life } = this;
    const log = life?.log;
    if (life === undefined || log === undefined) return;
    const ids = Array.from({ length: count }, () => `m${this.sent++}`);
    const payloads = ids.map((id) => [valueOf(id, '', this.random.chance(0.02) ? this.random.int(9000) : 20 + this.random.int(400))]);
    void this.time.as(life, async () => {
      try {
        const first = await log.append(payloads);
        for (const [i, id] of ids.entries()) this.acknowledged.set(id, first + i);
        this.tally.add('log appended', count);
      } catch {
        this.tally.add('log refused', count);
      }
    });
    this.mostPending = Math.max(this.mostPending, log.stats().pendingBytes);
  }
}
