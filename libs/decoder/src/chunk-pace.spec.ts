import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import { ChunkPace } from './chunk-pace.js';

it('reads on of one connection of tiny chunks at a time, and leaves every second turn of the event loop to others', async () => {
  const readAt: number[] = [];
  let turn = 0;
  let turns = setImmediate(function count() {
    turn++;
    turns = setImmediate(count);
  });
  for (let i = 0; i < 5; i++) {
    const socket = new Socket();
    vi.spyOn(socket, 'resume').mockImplementation(() => {
      readAt.push(turn);
      return socket;
    });
    const pace = new ChunkPace();
    for (let chunk = 0; chunk < 5000; chunk++) pace.came({ socket } as IncomingMessage);
    expect(socket.isPaused()).toBe(true);
  }
  await vi.waitFor(() => expect(readAt).toHaveLength(5));
  clearImmediate(turns);
  const gaps = readAt.slice(1).map((at, i) => at - readAt[i]);
  expect(gaps).toEqual([2, 2, 2, 2]);
});
