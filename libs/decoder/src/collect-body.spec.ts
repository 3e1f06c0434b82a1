import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ByteBudget, Reservation } from './byte-budget.js';
import { collectBody } from './collect-body.js';

const KB = 1024;
const LIMITS = { variable: 'MAX_BODY_BYTES', maxBytes: 10, stallMs: 1000 };

/** A body under way: `stream` is the client's end of it. */
function collect({ budget = new ByteBudget(1000), headers = {}, limits = LIMITS } = {}) {
  const stream = new PassThrough();
  const request = Object.assign(stream, { headers }) as unknown as IncomingMessage;
  const reservation = new Reservation(budget);
  let settled: string | undefined;
  const body = collectBody(request, limits, { reservation }).then(
    (bytes) => (settled = `got ${bytes.toString()}`),
    (error: Error) => (settled = error.message),
  );
  return { stream, body, budget, reservation, settled: () => settled };
}

describe('collectBody', () => {
  it.each([
    ['nothing', [], 'got '],
    ['one chunk', ['abc'], 'got abc'],
    ['several chunks', ['abc', 'de', 'f'], 'got abcdef'],
    ['exactly the limit', ['12345', '67890'], 'got 1234567890'],
  ])('reads %s', async (_, chunks, expected) => {
    const { stream, body, budget } = collect();
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    expect(await body).toBe(expected);
    expect(budget.inFlight).toBe(expected.length - 4);
  });

  it.each([
    ['is right', 3_000_000],
    ['is more than what comes', 4_000_000],
    ['is less than what comes', 2_000_000],
    ['is beyond the limit', 40_000_000],
    ['is no number', Number.NaN],
  ])('puts a large body together when its announced length %s', async (_, announced) => {
    const limits = { ...LIMITS, maxBytes: 5_000_000 };
    const headers = { 'content-length': String(announced) };
    const { stream, body } = collect({ headers, limits, budget: new ByteBudget(10_000_000) });
    const sent = Array.from({ length: 30 }, (_chunk, i) => String.fromCharCode(97 + i).repeat(100_000));
    for (const chunk of sent) if (!stream.write(chunk)) await turn();
    stream.end();
    expect((await body) === `got ${sent.join('')}`).toBe(true);
  });

  it('reads a large body a chunk a turn, and stores it where it is told to', async () => {
    const turns: (() => void)[] = [];
    const stored: string[] = [];
    const stream = new PassThrough();
    const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
    const body = collectBody(
      request,
      { ...LIMITS, maxBytes: 1_000_000 },
      {
        reservation: new Reservation(new ByteBudget(1_000_000)),
        turnFor: (bytes) => (bytes > 128 * KB ? new Promise((resolve) => turns.push(resolve)) : undefined),
        store: {
          add: (chunk) => stored.push(chunk.toString('latin1', 0, 1)),
          clear: () => stored.push('off'),
          finish: () => stored.join('+'),
        },
      },
    );
    const sent = { a: 64, b: 32, c: 64, d: 64, e: 31, f: 1 };
    for (const [text, size] of Object.entries(sent)) stream.write(text.repeat(size * KB));
    stream.end();
    for (const seen of ['a b c', 'a b c d', 'a b c d e f']) {
      await turn();
      await turn();
      expect(stored.join(' ')).toBe(seen);
      turns.shift()?.();
    }
    expect(await body).toBe('a+b+c+d+e+f');
  });

  it('tells the store of a body that is refused, or whose client has gone', async () => {
    const off = vi.fn<() => void>();
    for (const end of [(stream: PassThrough) => stream.end('12345678901'), (stream: PassThrough) => stream.destroy()]) {
      const stream = new PassThrough();
      const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
      const store = { add: () => {}, clear: off, finish: () => 'all' };
      const body = collectBody(request, LIMITS, { reservation: new Reservation(new ByteBudget(1000)), store });
      end(stream);
      await expect(body).rejects.toThrow();
      expect(off).toHaveBeenCalled();
      off.mockClear();
    }
  });

  it('reads an oversized body to its end before it refuses it, naming its size', async () => {
    const { stream, body, settled } = collect({ headers: { 'content-length': '15' } });
    stream.write('1234567890x');
    await turn();
    expect(settled()).toBeUndefined();
    stream.end('1234');
    expect(await body).toBe('maximum event size exceeded: body of 15 bytes exceeds the limit of 10 bytes (MAX_BODY_BYTES)');
  });

  it('stops reading one that is more than twice the limit, before its end', async () => {
    const { stream, settled } = collect();
    stream.write('1234567890');
    stream.write('1234567890');
    await turn();
    expect(settled()).toBeUndefined();
    stream.write('x');
    await turn();
    expect(settled()).toBe('maximum event size exceeded: body of more than 20 bytes exceeds the limit of 10 bytes (MAX_BODY_BYTES)');
  });

  it('holds nothing of a body that it refuses, and gives back at once what it held', async () => {
    const { stream, body, budget } = collect();
    budget.reserve(7);
    stream.write('1234567890');
    await turn();
    expect(budget.inFlight).toBe(17);
    stream.write('more');
    await turn();
    expect(budget.inFlight).toBe(7);
    stream.end();
    await body;
  });

  it('asks to retry when the budget is spent, after reading on', async () => {
    const budget = new ByteBudget(10);
    budget.reserve(6);
    const { stream, body, settled } = collect({ budget });
    stream.write('12345');
    await turn();
    expect(settled()).toBeUndefined();
    stream.end('6');
    expect(await body).toBe('transient error, please retry: too many bytes in flight');
  });

  it('tells a connection that closes in the middle', async () => {
    const { stream, body } = collect();
    stream.write('123');
    stream.destroy();
    expect(await body).toBe('Error reading request body: connection closed before the body was complete');
  });

  it('tells an error of the stream the same way, and an earlier refusal rather than that', async () => {
    const broken = collect();
    broken.stream.destroy(new Error('ECONNRESET'));
    expect(await broken.body).toContain('Error reading request body');
    const refused = collect();
    refused.stream.write('12345678901');
    await turn();
    refused.stream.destroy(new Error('ECONNRESET'));
    expect(await refused.body).toContain('maximum event size exceeded');
  });

  it('lets go of the stream', async () => {
    const { stream, body } = collect();
    stream.end('1');
    await body;
    // The stream's own listeners for its end remain.
    expect(['data', 'error'].map((name) => stream.listenerCount(name))).toEqual([0, 0]);
  });
});

describe('collectBody: a stalled client', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is refused after the longest gap, counted from the last chunk', async () => {
    const { stream, body, settled } = collect();
    await vi.advanceTimersByTimeAsync(900);
    stream.write('1');
    await vi.advanceTimersByTimeAsync(900);
    stream.write('2');
    await vi.advanceTimersByTimeAsync(999);
    expect(settled()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(await body).toMatch(/^client stopped sending data: no data for 1000 ms\./);
  });

  it('is not blamed for a chunk that came while our loop was busy', async () => {
    const { stream, body, settled } = collect();
    // The timer is due and the chunk has come; the timer's turn is first.
    setTimeout(() => setImmediate(() => undefined), 0);
    vi.advanceTimersByTime(1000);
    stream.write('1');
    await vi.advanceTimersByTimeAsync(1);
    expect(settled()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(500);
    stream.end('2');
    await vi.advanceTimersByTimeAsync(1);
    expect(await body).toBe('got 12');
  });

  it('is told of the refusal that it already has', async () => {
    const { stream, body } = collect();
    stream.write('12345678901');
    await vi.advanceTimersByTimeAsync(1001);
    expect(await body).toContain('maximum event size exceeded');
  });

  it('has ten seconds more for a body that is refused, however often some of it comes', async () => {
    const { stream, body, settled } = collect({ limits: { ...LIMITS, stallMs: 3000 } });
    stream.write('12345678901');
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(2400);
      stream.write('x');
    }
    expect(settled()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(401);
    expect(settled()).toContain('maximum event size exceeded');
    await body;
  });

  it('leaves no timer behind', async () => {
    const { stream, body } = collect();
    stream.end('1');
    await vi.advanceTimersByTimeAsync(1);
    await body;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('collectBody: a body that takes long', () => {
  const slow = (options: { totalMs: number; turnFor?: () => Promise<void> | undefined }) => {
    const stream = new PassThrough();
    const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
    const limits = { ...LIMITS, maxBytes: 1_000_000 };
    const body = collectBody(request, limits, { reservation: new Reservation(new ByteBudget(1e9)), ...options }).then(
      (bytes) => `got ${bytes.length}`,
      (error: Error) => error.message,
    );
    return { stream, body };
  };

  it('is refused when it is later than its bytes allow', async () => {
    const { stream, body } = slow({ totalMs: 50 });
    const drops = setInterval(() => stream.write('x'), 20);
    expect(await body).toMatch(
      /client stopped sending data: body took longer than 50 ms \(BODY_TOTAL_TIMEOUT_MS\) and a second for every 2048/,
    );
    clearInterval(drops);
  });

  it('is taken when it came fast enough for its size', async () => {
    const { stream, body } = slow({ totalMs: 1 });
    for (let i = 0; i < 20; i++) {
      stream.write(Buffer.alloc(2048));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stream.end();
    expect(await body).toBe('got 40960');
  });

  describe('by a clock of its own', () => {
    const turns = async () => {
      for (let i = 0; i < 4; i++) await turn();
    };
    /** @param sent the bytes of each second */
    const after = async (seconds: number, sent: (second: number) => number) => {
      const clock = vi.spyOn(performance, 'now');
      const { stream, body } = slow({ totalMs: 60_000 });
      let over: string | undefined;
      void body.then((how) => (over = how));
      for (let second = 0; second < seconds; second++) {
        clock.mockReturnValue(1e6 + second * 1000);
        stream.write(Buffer.alloc(sent(second)));
        await turns();
        if (over !== undefined) return `${second} s: ${over}`;
      }
      stream.end();
      return body;
    };
    beforeEach(() => vi.spyOn(performance, 'now').mockReturnValue(1e6));
    afterEach(() => vi.restoreAllMocks());

    it('goes on as long as it comes fast enough', async () => {
      expect(await after(240, () => 4096)).toBe('got 983040');
    });

    it('has no credit of more than a minute for what came fast', async () => {
      expect(await after(240, (second) => (second === 0 ? 900_000 : 1))).toMatch(/^6\d s: client stopped sending data/);
    });

    it('has its time once more for half the rate', async () => {
      expect(await after(240, () => 1024)).toMatch(/^12\d s: client stopped sending data/);
    });
  });

  it('is not blamed for the time that we let it wait', async () => {
    const { stream, body } = slow({ totalMs: 100, turnFor: () => new Promise((resolve) => setTimeout(resolve, 60)) });
    const piece = 'x'.repeat(32 * KB);
    for (let i = 0; i < 5; i++) stream.write(piece);
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      stream.write(piece);
    }
    stream.end();
    expect(await body).toBe(`got ${10 * piece.length}`);
  });
});
