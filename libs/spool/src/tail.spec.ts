import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeStoredMessage } from './message-codec.js';
import { SegmentLog } from './segment-log.js';
import { tail } from './tail.js';
import { parseTailOptions, TAIL_OPTIONS, TailUsageError } from './tail-options.js';

const parsed = (args: string[], directory: string) => parseTailOptions(parseArgs({ args, options: TAIL_OPTIONS }).values, directory);

describe('the command line of tail', () => {
  it('understands every way to name a beginning', () => {
    const from = (text: string) => parsed(['--from', text], './data').from;
    expect(from('end')).toBe('end');
    expect(from('42')).toEqual({ sequence: 42 });
    expect(from('2026-11-24T10:00:00Z')).toEqual({ time: Date.UTC(2026, 10, 24, 10) });
    expect(parsed([], './data')).toMatchObject({ from: 'beginning', follow: false, limit: Infinity, directory: './data' });
  });

  it.each([[['--from', 'yesterday']], [['--limit', '0']], [['--limit', 'ten']]])('refuses %j with a message', (argv) => {
    expect(() => parsed(argv, './data')).toThrow(TailUsageError);
  });
});

describe('tail', () => {
  let directory: string;
  let log: SegmentLog;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'inlet-tail-'));
    log = await SegmentLog.open({ directory, segmentBytes: 1e6, pendingBytes: 1e6 });
    for (const [token, event] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const) {
      const message = {
        route: 'main',
        topic: undefined,
        key: `${token}:1`,
        headers: { token, event },
        value: Buffer.from('{"n":12345678901234567890,"f":1.0}'),
      };
      await log.append([encodeStoredMessage({ message, receivedAt: 1_700_000_000_000, token })]);
    }
  });

  afterEach(async () => {
    await log.close();
    await rm(directory, { recursive: true });
  });

  async function lines(...argv: string[]): Promise<string[]> {
    const printed: string[] = [];
    const output = { line: async (text: string) => void printed.push(text), warn: (text: string) => void printed.push(text) };
    await tail(directory, parsed(argv, directory), output, new AbortController().signal);
    return printed;
  }

  it('prints one JSON object a line, with the value’s own digits', async () => {
    const [first] = await lines('--limit', '1');
    expect(first).toBe(
      '{"seq":1,"at":"2023-11-14T22:13:20.000Z","route":"main","key":"a:1","headers":{"token":"a","event":"x"},"value":{"n":12345678901234567890,"f":1.0}}',
    );
  });

  it('selects by token, event, beginning and number', async () => {
    const sequences = async (...argv: string[]) => (await lines(...argv)).map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(await sequences()).toEqual([1, 2, 3]);
    expect(await sequences('--token', 'a')).toEqual([1, 3]);
    expect(await sequences('--event', 'x')).toEqual([1, 2]);
    expect(await sequences('--from', '2')).toEqual([2, 3]);
    expect(await sequences('--token', 'a', '--limit', '1')).toEqual([1]);
    expect(await sequences('--from', 'end')).toEqual([]);
  });

  describe('of a log whose process could not say any more that all of it is durable', () => {
    const told = expect.stringMatching(/from number 3 on .* once a gateway has opened this log/);

    beforeEach(async () => {
      await log.close();
      log = await SegmentLog.open({ directory, segmentBytes: 1e6, pendingBytes: 1e6, isReadByOthers: true });
      const path = join(directory, 'durable');
      // A process that was killed before the third, or a loss of power after it, leaves the mark where it was.
      await log.close();
      const mark = await readFile(path);
      mark.writeBigUInt64LE(2n);
      mark.writeBigUInt64LE(~2n & 0xffff_ffff_ffff_ffffn, 8);
      await writeFile(path, mark);
    });

    it('stops there and says so', async () => {
      const printed = await lines();
      expect(printed).toHaveLength(3);
      expect(printed[2]).toEqual(told);
      expect(await lines('--from', 'end')).toEqual([told]);
    });

    it('says so once when it follows, and goes on when a gateway has opened the log', async () => {
      const printed: string[] = [];
      const end = new AbortController();
      const output = { line: async (text: string) => void printed.push(text), warn: (text: string) => void printed.push(text) };
      const following = tail(directory, parsed(['--follow'], directory), output, end.signal);
      await expect.poll(() => printed, { timeout: 5000 }).toHaveLength(3);
      expect(printed[2]).toEqual(told);
      log = await SegmentLog.open({ directory, segmentBytes: 1e6, pendingBytes: 1e6, isReadByOthers: true });
      await expect.poll(() => printed, { timeout: 5000 }).toHaveLength(4);
      end.abort();
      await following;
    });

    it('says nothing once a gateway has opened it', async () => {
      log = await SegmentLog.open({ directory, segmentBytes: 1e6, pendingBytes: 1e6, isReadByOthers: true });
      expect(await lines()).toHaveLength(3);
    });
  });
});
