import { expect, it } from 'vitest';
import { kafkaTroubles } from './kafka-troubles.js';

const broker = { id: 1, address: 'a:1', reachable: true, error: undefined };
const spool = { medium: 'persistent', isOpen: true, events: 0, bytes: 0, maxBytes: 100 } as const;

it('has none with brokers that answer and an empty spool', () => {
  expect(kafkaTroubles({ reachable: true, brokers: [broker] }, [{ isOpen: false }], spool)).toEqual([]);
});

it('has none without a spool that nobody wanted', () => {
  expect(kafkaTroubles({ reachable: true, brokers: [broker] }, [], { ...spool, medium: 'off', isOpen: false })).toEqual([]);
});

it.each([
  ['no broker answers', { reachable: false, brokers: [] }, [], spool],
  ['1 of 2 brokers do not answer', { reachable: true, brokers: [broker, { ...broker, reachable: false }] }, [], spool],
  ['2 circuits are open', { reachable: true, brokers: [broker] }, [{ isOpen: true }, { isOpen: true }, { isOpen: false }], spool],
  ['7 events wait in the spool', { reachable: true, brokers: [broker] }, [], { ...spool, events: 7, bytes: 50 }],
  ['the spool is full', { reachable: true, brokers: [broker] }, [], { ...spool, bytes: 100 }],
  [expect.stringContaining('the spool cannot be used'), { reachable: true, brokers: [broker] }, [], { ...spool, isOpen: false }],
] as const)('says: %s', (trouble, health, circuits, detail) => {
  expect(kafkaTroubles(health, circuits, detail)).toEqual([trouble]);
});
