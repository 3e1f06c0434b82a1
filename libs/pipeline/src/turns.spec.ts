import { expect, it } from 'vitest';
import { Pace, turnFor } from './turns.js';

const HEAVY = 128 * 1024 + 1;

it('gives one piece of heavy work a turn of the event loop, in the order in which they came', async () => {
  let turn = 0;
  let isRunning = true;
  const count = () => {
    turn++;
    if (isRunning) setImmediate(count);
  };
  count();
  const pieces: { n: number; turn: number }[] = [];
  const piece = async (n: number) => {
    await turnFor(HEAVY);
    pieces.push({ n, turn });
  };
  await Promise.all([1, 2, 3, 4].map(piece));
  isRunning = false;
  expect(pieces.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  expect(new Set(pieces.map((one) => one.turn)).size).toBe(4);
});

it('begins again after everybody had a turn', async () => {
  await turnFor(HEAVY);
  await Promise.all([turnFor(HEAVY), turnFor(HEAVY)]);
  await turnFor(HEAVY);
});

it('has nobody wait for what is not heavy', () => {
  expect(turnFor(0)).toBeUndefined();
  expect(turnFor(HEAVY - 1)).toBeUndefined();
});

it('paces a loop by the bytes of its events, and by their number', async () => {
  const turnsOf = (events: number, bytes: number) => {
    const pace = new Pace();
    return Array.from({ length: events }, () => pace.before(bytes)).filter((turn) => turn !== undefined);
  };
  // A usual batch waits for nothing.
  expect(turnsOf(100, 1200)).toHaveLength(0);
  const turns = [...turnsOf(10_000, 0), ...turnsOf(20, 900_000)];
  expect([turnsOf(10_000, 0).length, turnsOf(20, 900_000).length]).toEqual([39, 19]);
  await Promise.all(turns);
});
