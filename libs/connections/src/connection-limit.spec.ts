import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ConnectionLimit } from './connection-limit.js';

class Connection extends EventEmitter {
  isClosed = false;
  /** As node:http notes that an answer is under way. */
  work(): void {
    Object.assign(this, { _httpMessage: { req: { complete: true } } });
  }
  destroy(): void {
    this.isClosed = true;
    this.emit('close');
  }
}

function open(limit: number, count: number) {
  const closed: string[] = [];
  const connections = new ConnectionLimit(limit, (why) => closed.push(why));
  const dial = () => {
    const one = new Connection();
    connections.opened(one as unknown as Socket);
    return one;
  };
  const use = (one: Connection) => connections.used(one as unknown as Socket);
  return { connections, closed, dial, use, all: Array.from({ length: count }, dial) };
}

it('goes by the last use, and never closes one that is at work', () => {
  const { all, dial, use, closed } = open(3, 3);
  all[0].work();
  use(all[1]);
  dial();
  expect(all.map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
  // What was found idle then has begun to work meanwhile.
  all[1].work();
  const newest = dial();
  expect([all[0].isClosed, all[1].isClosed, newest.isClosed, closed]).toEqual([false, false, false, ['room', 'room']]);
});

it('refuses a new one when all are at work, and takes one again when one has gone', () => {
  const { all, dial, connections, closed } = open(2, 2);
  for (const one of all) one.work();
  expect([dial().isClosed, dial().isClosed, connections.open.size, closed]).toEqual([true, true, 2, ['limit', 'limit']]);
  all[0].destroy();
  expect([dial().isClosed, connections.open.size]).toEqual([false, 2]);
});

it('closes thousands one after the other in the order of their last use', () => {
  const { all, dial } = open(2000, 2000);
  for (let i = 0; i < 1000; i++) dial();
  expect(all.findIndex(({ isClosed }) => !isClosed)).toBe(1000);
  expect(all.filter(({ isClosed }) => isClosed)).toHaveLength(1000);
});
