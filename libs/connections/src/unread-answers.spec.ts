import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { UnreadAnswers } from './unread-answers.js';

const socket = (bytesWritten: number, writableLength: number) => ({ bytesWritten, writableLength }) as Socket;

it('finds connections of which nothing was taken for longer than its patience', () => {
  const unread = new UnreadAnswers(1000);
  const [idle, slow, stuck] = [socket(500, 0), socket(1000, 800), socket(1000, 800)];
  const all = [idle, slow, stuck];
  expect(unread.overdue(all, 0)).toEqual([]);
  expect(unread.overdue(all, 900)).toEqual([]);
  Object.assign(slow, { writableLength: 700 });
  expect(unread.overdue(all, 1100)).toEqual([stuck]);
  expect(unread.overdue([idle, slow], 2000)).toEqual([]);
  expect(unread.overdue([idle, slow], 2200)).toEqual([slow]);
});

it('forgets what was taken', () => {
  const unread = new UnreadAnswers(1000);
  const one = socket(1000, 800);
  unread.overdue([one], 0);
  Object.assign(one, { writableLength: 0 });
  unread.overdue([one], 500);
  Object.assign(one, { writableLength: 800 });
  expect(unread.overdue([one], 1400)).toEqual([]);
});
