import { describe, expect, it } from 'vitest';
import { MOST_READ_AHEAD_BYTES } from '@app/connections';
import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { memoryFlags } from './memory-flags.js';
import { memoryLimit } from './memory-limit.js';
import { planMemory, REPLAY_MIB, replayBytes } from './memory-plan.js';
import { connectionBytes, READ_AHEAD_BYTES } from './connection-bytes.js';
import { KAFKA_PRODUCER_QUEUE_MIB, MAX_IN_FLIGHT_BYTES, needsOf } from './take-memory.js';

const MIB = 2 ** 20;
const HELD = MAX_IN_FLIGHT_BYTES + connectionBytes(MAX_IN_FLIGHT_BYTES) + KAFKA_PRODUCER_QUEUE_MIB * MIB;

describe('planMemory', () => {
  const heapOf = (mib: number, workers = 1) => {
    const { semiSpaceMib, oldSpaceMib } = planMemory({ limit: mib * MIB, workers, hasReplay: false, held: HELD });
    return oldSpaceMib + 3 * semiSpaceMib;
  };

  it.each([256, 384, 512, 1024, 2048, 8192])('leaves a quarter of %i MiB for what is outside of the heap', (mib) => {
    expect(heapOf(mib)).toBeLessThanOrEqual(mib * 0.75);
    expect(heapOf(mib)).toBeGreaterThan(mib * 0.5);
  });

  it.each([2, 4, 16])('divides what the primary leaves among %i workers', (workers) => {
    expect(heapOf(1024 * workers, workers) * workers).toBeLessThan(1024 * workers * 0.75);
    expect(heapOf(1024 * workers, workers)).toBeGreaterThan(512);
  });

  it('leaves to the process of recordings what it takes', () => {
    const of = (hasReplay: boolean) => planMemory({ limit: 2048 * MIB, workers: 1, hasReplay, held: HELD });
    const [without, beside] = [of(false), of(true)];
    expect(beside.semiSpaceMib).toBe(without.semiSpaceMib);
    // A quarter of it stays outside in any case.
    expect(without.oldSpaceMib - beside.oldSpaceMib).toBe(0.75 * REPLAY_MIB);
  });

  it('has a heap that starts, however little there is', () => {
    expect(planMemory({ limit: 64 * MIB, workers: 1, hasReplay: false, held: HELD }).oldSpaceMib).toBeGreaterThanOrEqual(96);
  });

  it('goes by what requests and brokers may hold where nothing limits the process', () => {
    const { oldSpaceMib } = planMemory({ limit: undefined, workers: 1, hasReplay: false, held: HELD });
    expect(oldSpaceMib * MIB).toBeGreaterThan(HELD);
    expect(planMemory({ limit: undefined, workers: 1, hasReplay: false, held: 4 * HELD }).oldSpaceMib).toBeGreaterThan(4 * (HELD / MIB));
    expect(planMemory({ limit: undefined, workers: 4, hasReplay: false, held: HELD }).oldSpaceMib).toBeLessThan(oldSpaceMib);
  });

  it('counts what connections hold beside requests: a quarter of them, and 32 MiB a process of what was read', () => {
    expect(needsOf({}).held).toBe((256 + 96 + 400) * MIB);
    const env = { KAFKA_HOSTS: 'kafka:9092', WORKERS: '4', MAX_IN_FLIGHT_BYTES: String(512 * MIB), KAFKA_PRODUCER_QUEUE_MIB: '100' };
    expect(needsOf(env).held).toBe((512 + 128 + 4 * 32 + 100) * MIB);
  });

  it('knows the limits of other rooms by their defaults', () => {
    expect(READ_AHEAD_BYTES).toBe(MOST_READ_AHEAD_BYTES);
    expect(MAX_IN_FLIGHT_BYTES).toBe(new DecoderConfig().maxInFlightBytes);
    expect(KAFKA_PRODUCER_QUEUE_MIB).toBe(new KafkaConfig().queueMib);
  });
});

describe('replayBytes', () => {
  const of = (limit: number | undefined, resident: number, workers = 1) =>
    replayBytes({ limit: limit && limit * MIB, workers, held: HELD, resident: resident * MIB }) / MIB;

  it('is what the process of recordings takes, and what limits allow it to hold', () => {
    expect(of(undefined, 5000)).toBe(REPLAY_MIB + 1.25 * (HELD / MIB));
    expect(of(8192, 500)).toBe(of(undefined, 0));
  });

  it('is no more than the one that serves leaves of the container', () => {
    expect(of(1000, 400)).toBeCloseTo(550);
    expect(of(1000, 900)).toBeCloseTo(50);
    expect(of(2096, 400, 2)).toBeCloseTo(550);
  });
});

describe('memoryFlags', () => {
  const plan = { semiSpaceMib: 16, oldSpaceMib: 700 };
  const young = '--max-semi-space-size=16';
  const old = '--max-old-space-size=700';
  const growing = '--heap-growing-percent=100';

  it.each([
    ['nothing', [], '', [young, old, growing]],
    ['other flags', ['--enable-source-maps'], '--trace-gc', [young, old, growing]],
    ['the old space', ['--max-old-space-size=1'], '', [young, growing]],
    ['the old space in NODE_OPTIONS', [], '--no-warnings --max_old_space_size=1', [young, growing]],
    ['a part of the memory', ['--max-old-space-size-percentage=50'], '', [young, growing]],
    ['the young generation', ['--max-semi-space-size=1'], '', [old, growing]],
    ['the whole heap', [], '--max-heap-size=300', []],
    ['all, as after a start anew', [young, old, growing], '', []],
  ])('are those that the operator has not decided on: %s', (_what, execArgv, options, flags) => {
    expect(memoryFlags(plan, execArgv, options)).toEqual(flags);
  });
});

describe('memoryLimit', () => {
  it.each([
    ['a container’s', 512 * MIB, 512 * MIB],
    ['none: the system does not tell', 0, undefined],
    ['none: version 1 of control groups', 2 ** 63 - 4096, undefined],
    ['none: version 2', 2 ** 64, undefined],
  ])('is %s', (_what, constrained, limit) => {
    expect(memoryLimit(constrained, 16 * 1024 * MIB)).toBe(limit);
  });
});
