import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Environment } from '@app/config';
import { KafkaConfig, KafkaHealth } from '@app/kafka';
import { OutageSpool, SpoolConfig, StorageError, discardParked, releaseParked, surveySpool, type SlotReport } from '@app/spool';
import { ConfigError, loadConfig, type Config } from '../config/load-config.js';
import { outputOf } from '../config/output-of.js';
import { DrainModule } from './drain.module.js';
import { DrainTally, type DrainAccount } from './drain-tally.js';

const LOOK_EVERY_MS = 200;
const TELL_EVERY_MS = 10_000;

export interface DrainOptions {
  /** How long it may take in all. */
  readonly seconds: number;
  /** Ends it before that; what is not delivered stays where it is. */
  readonly signal: AbortSignal;
  readonly logger: LoggerService;
}

export interface DrainResult extends DrainAccount {
  readonly directory: string;
  /** Everything that was found is with the brokers: the volume may go. */
  readonly isDone: boolean;
  readonly waiting: number;
  /** For an operator, one sentence. */
  readonly text: string;
}

/** The gateway's own settings, but for what a process without requests does otherwise. */
export function drainConfig(env: Environment): { readonly config: Config; readonly directory: string } {
  const given = env.SPOOL_DRAIN_SHARE;
  // What is only looked at or discarded needs no brokers; what is to be sent asks for them itself.
  const OUTPUT = outputOf({ ...env, OUTPUT: undefined });
  const output = OUTPUT === 'kafka' ? { OUTPUT } : { OUTPUT, REPLAY_THREAD: 'off' };
  const config = loadConfig({ ...env, ...output, WORKERS: '1', SPOOL_MEDIUM: 'persistent', SPOOL_DRAIN_SHARE: given || '1' });
  const { spoolDir, dataDir } = config.get(SpoolConfig);
  return { config, directory: resolve(spoolDir ?? join(dataDir, 'spool')) };
}

/**
 * Sends what lies in a spool that no gateway has any more, and waits until brokers have taken it. A slot is one process's by
 * the kernel's lock; while any is held a gateway lives here and drains the rest too, so nothing is touched.
 *
 * @throws ConfigError for settings that are wrong, and for a directory without a spool: a volume that is not mounted looks so
 */
export async function drainVolume(env: Environment, { seconds, signal, logger }: DrainOptions): Promise<DrainResult> {
  const { config, directory } = drainConfig(env);
  if (config.get(KafkaConfig).hosts.length === 0) throw new ConfigError('KAFKA_HOSTS is not set: there is nowhere to drain to');
  const end = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  const tally = new DrainTally();
  let slots = await surveySpool(directory);
  if (slots.length === 0) throw noSpool(directory);
  while (slots.some(isHeld) && (await pause(end))) slots = await surveySpool(directory);
  const wasFree = !slots.some(isHeld);
  const trouble = wasFree ? await drainHere(config, tally, end, logger) : undefined;
  if (wasFree) slots = await surveySpool(directory);
  return resultOf(directory, slots, tally.account, trouble);
}

/**
 * Sends parked messages once more, each to the topic that it was for. A gateway may live in the same directory: this takes
 * a slot of its own. What is refused again is parked again.
 *
 * @throws ConfigError as `drainVolume` does
 */
export async function retryParked(env: Environment, { seconds, signal, logger }: DrainOptions): Promise<DrainResult> {
  const { config, directory } = drainConfig(env);
  if (config.get(KafkaConfig).hosts.length === 0) throw new ConfigError('KAFKA_HOSTS is not set: there is nowhere to send to');
  const end = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  const tally = new DrainTally();
  await needSpool(directory);
  const trouble = await drainHere(config, tally, end, logger, (spool) => untilUnlocked(() => spool.release(), end));
  const slots = (await surveySpool(directory)).filter((slot) => !isHeld(slot) || slot.parked > 0);
  return resultOf(directory, slots, tally.account, trouble);
}

/** Deletes parked messages. @returns how many */
export async function discardAllParked(env: Environment, { seconds, signal }: Omit<DrainOptions, 'logger'>): Promise<number> {
  const { directory } = drainConfig(env);
  await needSpool(directory);
  return untilUnlocked(() => discardParked(directory), AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]));
}

async function needSpool(directory: string): Promise<void> {
  if ((await surveySpool(directory)).length === 0) throw noSpool(directory);
}

export function noSpool(directory: string): ConfigError {
  return new ConfigError(`there is no spool in ${directory}: is the volume mounted there?`);
}

/** A gateway locks them for a moment when it parks one. */
async function untilUnlocked(work: () => Promise<number>, end: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isLocked = error instanceof StorageError && error.code === 'locked';
      if (!isLocked || !(await pause(end))) throw error;
    }
  }
}

/**
 * @param first what to do before; the spool is open then
 * @returns what is wrong if it did not come to its end
 */
async function drainHere(
  config: Config,
  tally: DrainTally,
  end: AbortSignal,
  logger: LoggerService,
  first: (spool: { release(): Promise<number> }) => Promise<unknown> = () => Promise.resolve(),
): Promise<string | undefined> {
  const app = await NestFactory.createApplicationContext(DrainModule.forRoot(config, tally), { logger, abortOnError: false });
  try {
    const spool = app.get(OutageSpool);
    const release = () => releaseParked(spool.directory, (topic, partition, messages) => spool.store(topic, partition, messages));
    const refusal = await first({ release }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (refusal !== undefined) return refusal;
    let toldAt = performance.now();
    while (!isEmpty(app) && (await pause(end))) {
      if (performance.now() - toldAt < TELL_EVERY_MS) continue;
      toldAt = performance.now();
      logger.log(`${app.get(OutageSpool).detail().events} events still wait`, 'Drain');
    }
    return isEmpty(app) ? undefined : troubleOf(app);
  } finally {
    await app.close();
  }
}

function isEmpty(app: INestApplicationContext): boolean {
  const { isOpen, counting, events } = app.get(OutageSpool).detail();
  return isOpen && !counting && events === 0;
}

function troubleOf(app: INestApplicationContext): string {
  const { lastError } = app.get(OutageSpool).detail();
  return lastError ?? (app.get(KafkaHealth).report().reachable ? 'there was not time enough' : 'no broker is reachable');
}

/** @returns false at the end of all patience */
async function pause(end: AbortSignal): Promise<boolean> {
  await sleep(LOOK_EVERY_MS, undefined, { signal: end }).catch(() => undefined);
  return !end.aborted;
}

function resultOf(directory: string, slots: readonly SlotReport[], account: DrainAccount, trouble: string | undefined): DrainResult {
  const waiting = slots.reduce((sum, slot) => sum + (slot.state === 'free' ? slot.waiting : 0), 0);
  const parked = slots.reduce((sum, slot) => sum + slot.parked, 0);
  const problems = [
    ...slots.flatMap((slot) => problemOf(slot)),
    ...(waiting > 0 ? [`${waiting} events still wait: ${trouble ?? 'a gateway has stored them meanwhile'}`] : []),
    ...(parked > 0
      ? [`${parked} events are parked, no topic takes them: \`inlet drain --parked retry\` once one does, or \`discard\``]
      : []),
    ...(account.lost > 0 ? [`${account.lost} events could not be read, and are lost`] : []),
  ];
  const text = `${directory}: ${problems.length === 0 ? 'empty' : problems.join('; ')}`;
  return { directory, isDone: problems.length === 0, waiting, text, ...account };
}

/** In words; nothing for a slot that could be drained. */
export function problemOf(slot: SlotReport): string[] {
  if (slot.state === 'held') return [`${slot.slot} is in use by a gateway, which drains it itself`];
  return slot.state === 'unreadable' ? [`${slot.slot} cannot be read (${slot.reason})`] : [];
}

function isHeld({ state }: SlotReport): boolean {
  return state === 'held';
}
