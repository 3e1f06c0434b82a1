import { gzipSync } from 'node:zlib';
import { runSteps } from '@app/event';
import { describe, expect, it } from 'vitest';
import type { DecodePolicy } from '../decode-policy.js';
import { unwrap } from '../unwrap.js';

const MIB = 2 ** 20;
const POLICY: DecodePolicy = {
  wire: { maxBytes: 1e8, variable: 'MAX_BODY_BYTES', stallMs: 1000 },
  wrapping: 'sniffed',
  inflated: { maxBytes: 1e8, variable: 'MAX_INFLATED_BYTES', maxRatio: 200 },
  maxBase64Bytes: 1e8,
  maxLz64Bytes: 1e6,
  scan: { maxDepth: 9, maxEvents: 9 },
};

/** What becomes of a body; the lane is left once it is known, as after a request. */
async function outcome(body: Buffer): Promise<string> {
  const leaves: (() => void)[] = [];
  const resources = {
    reserve: () => undefined,
    release: () => undefined,
    turn: () => Promise.resolve(),
    onSlow: (leave: () => void) => void leaves.push(leave),
  };
  try {
    const plain = unwrap({ body, contentType: undefined, contentEncoding: undefined, query: {} }, POLICY, resources);
    return `${(Buffer.isBuffer(plain) ? plain : await runSteps(plain)).length} bytes, ${leaves.length} in the lane`;
  } catch (error) {
    return (error as Error).message;
  } finally {
    for (const leave of leaves) leave();
  }
}

describe('a request of which more than one body grows a lot', () => {
  const bomb = gzipSync(Buffer.alloc(9 * MIB, ' '));
  const within = Buffer.concat([Buffer.from(bomb.toString('base64')), Buffer.alloc(9 * MIB, '\n')]);

  it.each([
    ['members with something behind them', Buffer.concat([bomb, bomb, Buffer.from('\n')]), `${18 * MIB} bytes, 1 in the lane`],
    ['one in the other', gzipSync(within), `${9 * MIB} bytes, 1 in the lane`],
  ])('%s: does not wait for itself, and holds up nobody after it', async (_, body, expected) => {
    expect(await outcome(body)).toEqual(expected);
    expect(await outcome(bomb)).toBe(`${9 * MIB} bytes, 1 in the lane`);
  });
});
