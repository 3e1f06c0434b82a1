import { ModelCluster } from '@app/kafka/testing';
import { DiskTroubles, SimulatedMedium } from '@app/spool/testing';
import { SeededRandom, VirtualTime } from '@app/testing';
import { Books } from './books.js';
import { Gateway } from './gateway.js';
import { TOPICS, planFor, type Plan } from './plan.js';
import { Tally } from './tally.js';
import { Trace } from './trace.js';

export type Death = 'SIGTERM' | 'SIGKILL' | 'power lost';

/** Everything there is in one history: brokers, a machine with its disk, and a gateway that lives several times. */
export class World {
  readonly random: SeededRandom;
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly tally = new Tally();
  readonly books = new Books();
  readonly plan: Plan;
  readonly medium: SimulatedMedium;
  readonly troubles = new DiskTroubles();
  readonly cluster: ModelCluster;
  readonly broken: string[] = [];
  /** Ids of messages whose bytes the disk has lost. */
  readonly unreadable = new Set<string>();
  gateway: Gateway | undefined;
  lives: Gateway[] = [];

  constructor(
    readonly seed: number,
    /** Of the trace's last lines. */
    lines: number,
  ) {
    this.trace = new Trace(lines);
    this.random = new SeededRandom(seed);
    this.plan = planFor(this.random);
    this.medium = new SimulatedMedium(this.random);
    const seen = (what: string, count: string) => {
      this.note(what);
      this.tally.add(count);
    };
    const { random, time } = this;
    this.cluster = new ModelCluster({ nodes: this.plan.nodes, topics: TOPICS, random, time, seen });
  }

  readonly note = (line: string): void => {
    if (this.gateway !== undefined && line.includes('nobody knows how far')) this.gateway.hasLostPlace = true;
    this.trace.add(`${this.time.monotonic().toFixed(2)} ${line}`);
  };

  boot(): void {
    const gateway = new Gateway(this, this.lives.length + 1);
    this.gateway = gateway;
    this.lives.push(gateway);
    this.note(`boot ${gateway.life}`);
    this.time.after(0, () => void gateway.boot(), gateway);
  }

  /** The gateway ends, and another one begins a little later. Nothing while one is ending already. */
  restart(how: Death): void {
    const { gateway } = this;
    if (gateway === undefined) return;
    this.gateway = undefined;
    this.note(how);
    this.tally.add(`fault ${how}`);
    const bootLater = () => this.time.later(100 + this.random.int(3000), () => this.boot());
    if (how === 'SIGTERM' && gateway.isListening) {
      this.time.after(0, () => void gateway.stop().then(bootLater), gateway);
      // Kubernetes does not wait for ever.
      this.time.later(30_000, () => {
        if (!gateway.isAlive) return;
        gateway.kill();
        bootLater();
      });
      return;
    }
    gateway.kill();
    if (how === 'power lost') this.medium.losePower();
    bootLater();
  }
}
