import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { damageOf } from './damage.js';

const GZIP = gzipSync('{"event":"e","distinct_id":"d"}');
const ZSTD = zstdCompressSync('{"event":"e","distinct_id":"d"}');

describe('damageOf', () => {
  it.each([
    ['gzip', 'UTF-8', GZIP.toString()],
    ['gzip', 'Latin-1', GZIP.toString('latin1')],
    ['gzip', 'Windows-1252', new TextDecoder('windows-1252').decode(GZIP)],
    ['gzip', 'ASCII', GZIP.toString('latin1').replace(/[\u0080-\u00ff]/g, '?')],
    ['zstd', 'UTF-8', ZSTD.toString()],
    ['zstd', 'Latin-1', ZSTD.toString('latin1')],
  ])('tells %s that was read as %s, what it begins with, and the ways out', (coding, charset, read) => {
    const told = damageOf(Buffer.from(read));
    expect(told).toContain(`the body is ${coding} that was damaged on its way`);
    expect(told).toContain(`read its bytes as ${charset} text`);
    expect(told).toMatch(/\(it begins with (1f|28) [0-9a-f ]+\)\. Let it pass bodies on as bytes, or send without compression$/);
  });

  it.each([
    ['gzip', GZIP],
    ['zstd', ZSTD],
    ['JSON', Buffer.from('{"a":"\ufffd"}')],
    ['a replaced character', Buffer.from('\ufffd')],
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0x1f])],
  ])('says nothing of %s', (_, bytes) => {
    expect(damageOf(bytes)).toBeUndefined();
  });
});
