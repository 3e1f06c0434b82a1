import type { Disk } from '../disk.js';
import { reasonOf } from '../storage-error.js';
import type { Slot } from './slot.js';
import { Slots } from './slots.js';

/** How often slots of dead processes, or a disk that has come back, are looked for. */
const LOOK_EVERY_MS = 15_000;

export interface HeldSlotsOptions {
  readonly directory: string;
  readonly slots: Omit<ConstructorParameters<typeof Slots>[1], 'disk'>;
  readonly disk: Disk;
  /** Messages of earlier processes were found. */
  readonly recovered: (messages: number) => void;
  readonly log: { log(message: string): void; warn(message: string): void; error(message: string): void };
}

/** Told what becomes of slots. */
export interface SlotsListener {
  /** The first slots are ours, the own one among them; from now on there is one to store in. Called once. */
  opened(own: Slot, all: readonly Slot[]): void;
  /** There is more to drain. */
  counted(): void;
  /** Now and then. */
  looked(): void;
  /** The directory is in memory. */
  inMemory(fileSystem: string): void;
}

/** The slots that this process holds: its own and those of dead ones, which it takes when it starts and now and then. */
export class HeldSlots {
  /** Oldest first. */
  readonly all: Slot[] = [];
  own: Slot | undefined;
  /** Why there is none, or why one cannot be counted. */
  error: string | undefined;
  readonly #finder: Slots;
  readonly #abort = new AbortController();
  readonly #counting = new Set<Slot>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: HeldSlotsOptions,
    private readonly listener: SlotsListener,
  ) {
    this.#finder = new Slots(options.directory, { ...options.slots, disk: options.disk });
  }

  async open(): Promise<void> {
    await this.#tryOpen();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** No slot is taken or given back any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await this.#looking;
  }

  async close(): Promise<void> {
    this.own = undefined;
    for (const slot of this.all.splice(0)) await slot.close();
  }

  async #tryOpen(): Promise<void> {
    const { directory, log } = this.options;
    try {
      await this.#claim();
      if (this.error !== undefined) log.log(`the spool in ${directory} is open`);
      this.error = undefined;
    } catch (error) {
      const message = reasonOf(error);
      if (message !== this.error)
        log.error(`SPOOL_DIR: ${message}. Until that changes, what brokers do not take is answered 503, as without a spool`);
      this.error = message;
    }
  }

  async #claim(): Promise<void> {
    const { directory } = this.options;
    const { kind, name } = await this.options.disk.fileSystemOf(directory);
    if (kind === 'network') throw new Error(`${directory} is on a network file system (${name}), whose locks and fsync nobody can rely on`);
    if (kind === 'memory') this.listener.inMemory(name);
    const { own, others } = await this.#finder.claim();
    this.all.push(...others, own);
    this.own = own;
    this.listener.opened(own, this.all);
    for (const slot of this.all) void this.#count(slot);
  }

  /** A slot that cannot be read now is counted later: until then nothing of it is drained, and newer messages go behind it. */
  async #count(slot: Slot): Promise<void> {
    void this.#countParked(slot);
    if (this.#counting.has(slot)) return;
    this.#counting.add(slot);
    const { log, recovered } = this.options;
    let found = 0;
    try {
      await slot.count((messages) => {
        found += messages;
        recovered(messages);
      }, this.#abort.signal);
      if (this.all.every(({ isCounted }) => isCounted)) this.error = undefined;
    } catch (error) {
      log.error(`${slot.directory}: cannot be read: ${reasonOf(error)}; trying again, newer events are stored behind it until then`);
      this.error = reasonOf(error);
    } finally {
      this.#counting.delete(slot);
    }
    if (found > 0) log.log(`${slot.directory}: ${found} events of an earlier process wait for the brokers`);
    this.listener.counted();
  }

  async #countParked({ directory, parked }: Slot): Promise<void> {
    await parked.count().catch((error: unknown) => this.options.log.error(`${directory}: cannot count what is parked: ${reasonOf(error)}`));
  }

  #look(): void {
    this.listener.looked();
    for (const slot of this.all) void (slot.isCounted ? this.#countParked(slot) : this.#count(slot));
    this.#looking = this.#looking.then(() => (this.own === undefined ? this.#tryOpen() : this.#adopt()));
  }

  async #adopt(): Promise<void> {
    const adopted = await this.#finder.adopt(this.all).catch(() => []);
    // A dead process's slot that is drained is for the next one to take.
    const isDone = (slot: Slot) => slot.isCounted && slot.waiting === 0 && slot.unresolved.size === 0 && slot.parked.bytes === 0;
    const done = this.all.filter((slot) => slot !== this.own && isDone(slot));
    for (const slot of done) {
      this.all.splice(this.all.indexOf(slot), 1);
      await slot.close();
    }
    for (const slot of adopted) {
      this.all.unshift(slot);
      void this.#count(slot);
    }
  }
}
