import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { SystemClock, type Clock } from '@app/event';
import { KafkaConfig, type ProducedMessage } from '@app/kafka';
import type { Disk } from '../disk.js';
import { FaultyDisk } from '../faulty-disk.js';
import { SpoolConfig } from '../spool.config.js';
import { NoSpoolMetrics } from '../spool.metrics.js';
import { FakeWay } from './fake-way.js';
import { OutageSpool } from './outage-spool.js';

/** What the spool counts, by the names of its ledger; refusals by their cause. */
export class Counts extends NoSpoolMetrics {
  readonly by: Record<string, number> = {};
  override spooled(count: number): void {
    this.#add('spooled', count);
  }
  override recovered(count: number): void {
    this.#add('recovered', count);
  }
  override drained(count: number): void {
    this.#add('drained', count);
  }
  override deadLettered(count: number): void {
    this.#add('dead', count);
  }
  override spoolExpired(count: number): void {
    this.#add('expired', count);
  }
  override parked(count: number): void {
    this.#add('parked', count);
  }
  override dropped(count: number): void {
    this.#add('dropped', count);
  }
  override refused(cause: string, count: number): void {
    this.#add(cause, count);
  }
  override failed(code: string): void {
    this.#add(code, 1);
  }
  override damaged(bytes: number): void {
    this.#add('damaged', bytes);
  }
  /** As a new process begins. */
  reset(): void {
    for (const name of Object.keys(this.by)) delete this.by[name];
  }
  #add(name: string, count: number): void {
    this.by[name] = (this.by[name] ?? 0) + count;
  }
}

export interface SavedCursor {
  readonly version: number;
  readonly next: number;
  readonly behind: [string, number][];
  readonly partitions: [string, number][];
  readonly foreign?: [string, unknown][];
  readonly untold?: number;
}

/** For specs: spools one after another, or beside each other, over one directory, with brokers in memory. */
export class OutageStage<D extends Disk = FaultyDisk> {
  readonly directory = mkdtempSync(join(tmpdir(), 'inlet-outage-'));
  readonly way = new FakeWay();
  readonly counts = new Counts();
  readonly #open: OutageSpool[] = [];
  readonly #copies: string[] = [];

  constructor(readonly disk: D) {
    Logger.overrideLogger(false);
  }

  async aSpool(settings: Partial<SpoolConfig> = {}, clock: Clock = new SystemClock()): Promise<OutageSpool> {
    const config = Object.assign(new SpoolConfig(), { spoolDir: this.directory, spoolDrainShare: 1, ...settings });
    const kafka = Object.assign(new KafkaConfig(), { dlqTopic: 'dlq', topic: 'events', replayTopic: 'replay', historicalTopic: 'old' });
    const spool = new OutageSpool(config, kafka, clock, this.counts, this.disk);
    this.#open.push(spool);
    await spool.open(this.way);
    return spool;
  }

  async close(spool: OutageSpool): Promise<void> {
    this.#open.splice(this.#open.indexOf(spool), 1);
    await spool.close();
  }

  /** Closes everything and removes the files. */
  async end(): Promise<void> {
    this.way.answer();
    for (const spool of this.#open.splice(0)) await spool.close();
    for (const directory of [this.directory, ...this.#copies]) rmSync(directory, { recursive: true, force: true });
  }

  /** One that is not there yet, and is removed in the end. */
  otherDirectory(): string {
    const directory = `${this.directory}-${this.#copies.length}`;
    this.#copies.push(directory);
    return directory;
  }

  /** The directory as a death of the process leaves it now. Not its locks: to read one is to give it up. */
  copy(): string {
    const copy = this.otherDirectory();
    cpSync(this.directory, copy, { recursive: true, filter: (path) => !path.endsWith('/lock') && !path.endsWith('.new') });
    return copy;
  }

  slot(n = 0): string {
    return join(this.directory, `slot-${n}`);
  }

  /** Paths of files in a slot whose names end so. */
  files(ending = '.seg', n = 0): string[] {
    const names = readdirSync(this.slot(n)).filter((name) => name.endsWith(ending));
    return names.toSorted().map((name) => join(this.slot(n), name));
  }

  /** What a slot's cursor says, once there is one. */
  cursor(n = 0): SavedCursor | undefined {
    const [path] = this.files('cursor.json', n);
    return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as SavedCursor);
  }

  setCursor(cursor: object, n = 0): void {
    writeFileSync(join(this.slot(n), 'cursor.json'), JSON.stringify(cursor));
  }

  /** @throws when the spool's ledger does not add up */
  expectBalance(spool: OutageSpool): void {
    const { spooled = 0, recovered = 0, drained: gone = 0, dead = 0, expired = 0, parked = 0, dropped = 0 } = this.counts.by;
    const { events } = spool.figures();
    if (gone + dead + expired + parked + dropped + events === spooled + recovered) return;
    throw new Error(`the ledger does not add up: ${JSON.stringify({ ...this.counts.by, events })}`);
  }
}

export const message = (value: string | Buffer, over: Partial<ProducedMessage> = {}): ProducedMessage => ({
  topic: 'events',
  key: 'k',
  value: Buffer.from(value),
  headers: { token: 'phc_a' },
  ...over,
});

export const numbered = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

export const store = (spool: OutageSpool, partition: number | undefined, values: readonly string[], over: Partial<ProducedMessage> = {}) =>
  spool.store(
    over.topic ?? 'events',
    partition,
    values.map((value) => message(value, over)),
  );

/** Resolves when nothing waits any more. */
export async function drained(spool: OutageSpool): Promise<void> {
  for (let i = 0; i < 1500; i++) {
    const { events, counting } = spool.detail();
    if (events === 0 && !counting) return;
    await sleep(10);
  }
  throw new Error(`it does not drain: ${JSON.stringify(spool.detail())}`);
}
