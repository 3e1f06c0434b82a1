import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { isJson } from '@app/testing';
import { Kernel, PayloadScan, WHOLE, type Window } from '@app/vector';
import { JsonCursor } from './reference/json-cursor.js';
import { writeTape } from './reference/write-tape.js';
import { scanError } from './scan-error.js';
import './scan-payload.js';
import { ENTRY_WORDS, EVENT_KEYS, Id, PROPERTY_KEYS } from './tape.js';

const LIMITS = { maxDepth: 12, maxEvents: 20 };

/** What became of a payload: its tape and edits, or why it is refused. */
interface Outcome {
  readonly tape?: readonly number[];
  readonly edits?: readonly number[];
  readonly refusal?: string;
}

/** By the byte loop. */
function slowly(bytes: Buffer): Outcome {
  const cursor = new JsonCursor(bytes, LIMITS.maxDepth);
  try {
    const tape = writeTape(cursor, LIMITS.maxEvents);
    return { tape, edits: cursor.edits.flatMap(({ start, end }) => [start, end - start]) };
  } catch (error) {
    if (error instanceof CaptureError) return { refusal: error.message };
    throw error;
  }
}

const kernel = new Kernel();

/** By the kernel. @param piece bytes that it may pass before it pauses; all of them by default */
function quickly(bytes: Buffer, piece?: number, window: Window = WHOLE): Outcome {
  const scan = new PayloadScan(kernel, bytes, LIMITS, window);
  let step = scan.advance(piece);
  while (step === 'paused') step = scan.advance(piece);
  if (step === 'failed') return { refusal: scanError(scan, LIMITS).message };
  const { words, start, length } = scan.tape;
  return { tape: [...words.subarray(start, start + length * ENTRY_WORDS)], edits: [...scan.edits] };
}

const value = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('"', '\\', 'é', '\u{1f600}', '\u0000', '\ud800', 'plain text of more than sixteen bytes'),
);
const record = (keys: readonly string[], more: fc.Arbitrary<unknown> = value) =>
  fc.dictionary(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, fc.string({ maxLength: 40 })), more, { maxKeys: 12 });
const properties = record(Object.keys(PROPERTY_KEYS));
const event = record(Object.keys(EVENT_KEYS), fc.oneof(value, properties)).chain((one) =>
  properties.map((given) => ({ ...one, properties: given })),
);
const payload = fc.oneof(
  event,
  fc.array(fc.oneof({ weight: 5, arbitrary: event }, value), { maxLength: 4 }),
  fc.record({ api_key: value, batch: fc.array(event, { maxLength: 4 }), historical_migration: fc.boolean(), sent_at: value }),
);
const json = payload.chain((one) =>
  fc.constantFrom(JSON.stringify(one), JSON.stringify(one, undefined, '\t'), JSON.stringify(one, undefined, 1)),
);
const BYTES = [...Buffer.from('"\\{}[],:0e.-+ \n\tutfn\x00\x1fé')];
const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...BYTES), fc.constantFrom(0, 1)), {
  minLength: 1,
  maxLength: 3,
});

/** With some bytes put in or replaced. */
function broken(text: string, at: readonly (readonly [where: number, byte: number, taken: number])[]): Buffer {
  const bytes = [...Buffer.from(text)];
  for (const [where, byte, taken] of at) bytes.splice(Math.floor(where * bytes.length), taken, byte);
  return Buffer.from(bytes);
}

/** What may be longer than any window. */
const RUNS = [' ', '\n\t', 'x', 'é', '😀', '0', '1', '\\\\', '\\"', '\\u0041', '\\ud83d\\ude00', '\\ud800', '[],', '1,', '{"a":[1]},', '['];
const stretches = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.constantFrom(...RUNS),
    fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 900 }) }, fc.constant(30_000)),
  ),
  { maxLength: 4 },
);
const windows = fc.record({ size: fc.constantFrom(1, 40, 300, 1000), room: fc.constantFrom(64, 100, 300) });

/** With something repeated in some places: mostly behind a char after which such a run may stand. */
function stretched(text: string, at: readonly (readonly [where: number, run: string, length: number])[]): string {
  let result = text;
  for (const [where, run, length] of at) {
    const from = Math.floor(where * result.length);
    const sign =
      run[0] === ' ' || run[0] === '\n' ? /[[\]{}:,]/g : /^[01]$/.test(run) ? /\d/g : run.endsWith(',') || run === '[' ? /\[/g : /[a-z]/g;
    sign.lastIndex = from;
    const place = (sign.exec(result)?.index ?? from) + 1;
    result = result.slice(0, place) + run.repeat(Math.ceil(length / run.length)) + result.slice(place);
  }
  return result;
}

/** Repeats members, so that later ones take the place of earlier ones. */
const repeated = fc
  .array(
    fc.constantFrom(
      '"batch":[{"event":"a","properties":{"token":"t"}},5]',
      '"batch":[]',
      '"batch":7',
      '"properties":{"$session_id":"s","$session_id":"t"}',
      '"properties":{}',
      '"properties":null',
      '"properties":{"$heatmap_data":{"a":[1]},"$snapshot_data":[ ]}',
      '"token":"x"',
      '"token":3',
      '"uuid":"u"',
      '"event":"e"',
      '"created_at":"c"',
      '"historical_migration":true',
      '"other":[NaN,"\\ud800"]',
      '"\\u0062atch":[{"\\u0065vent":"b"}]',
      '"options":{"a":-Infinity}',
    ),
    { maxLength: 12 },
  )
  .map((members) => `{${members.join(',')}}`);
const odd = fc.oneof(
  json,
  repeated,
  fc.array(repeated, { maxLength: 3 }).map((list) => `[${list.join(' , ')}]`),
);

describe('the tape', () => {
  it('is the same from the kernel and from the byte loop', () => {
    let taken = 0;
    fc.assert(
      fc.property(odd, (text) => {
        const bytes = Buffer.from(text);
        const quick = quickly(bytes);
        if (quick.tape !== undefined) taken++;
        expect(quick).toEqual(slowly(bytes));
      }),
      { numRuns: 3_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  it('is the same, and so is the refusal, wherever a byte is wrong', () => {
    fc.assert(
      fc.property(odd, changes, (text, at) => {
        const bytes = broken(text, at);
        expect(quickly(bytes)).toEqual(slowly(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is the same however small the pieces are in which it is written', () => {
    fc.assert(
      fc.property(odd, changes, fc.nat(20), (text, at, piece) => {
        for (const bytes of [Buffer.from(text), broken(text, at)]) expect(quickly(bytes, piece)).toEqual(quickly(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same through however small a window, whatever is longer than that', () => {
    let taken = 0;
    fc.assert(
      fc.property(odd, stretches, windows, fc.nat(2000), (text, at, window, piece) => {
        const bytes = Buffer.from(stretched(text, at));
        const whole = quickly(bytes);
        if (whole.tape !== undefined) taken++;
        expect(quickly(bytes, undefined, window)).toEqual(whole);
        expect(quickly(bytes, piece, window)).toEqual(whole);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });

  it('has an entry for each event and name at most, however often a name is repeated', () => {
    const again = (member: string, times: number) => Array(times).fill(member).join(',');
    const body = `{${again('"batch":[{"uuid":"a"}]', 9)},${again('"token":"t"', 5000)},${again('"properties":{"$ip":1,"token":"p"}', 5000)}}`;
    expect(quickly(Buffer.from(body)).tape).toHaveLength(ENTRY_WORDS * 8);
  });
});

describe('the tape of a recording', () => {
  const around = (recording: string) => `{"event":"$snapshot","properties":{"$snapshot_data":${recording}}}`;
  const recording = fc
    .oneof(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })))
    .chain((one) => fc.constantFrom(JSON.stringify(one), JSON.stringify(one, undefined, '\t'), JSON.stringify(one, undefined, 1)));

  /** From either. */
  function tapeOf(bytes: Buffer): readonly number[] | undefined {
    const quick = quickly(bytes);
    expect(quick).toEqual(slowly(bytes));
    return quick.tape;
  }

  /** How many bytes more than its own the recording takes inside a JSON string. */
  function growthOn(tape: readonly number[] | undefined): number | undefined {
    const wanted: number = Id.SnapshotData;
    const at = tape?.findIndex((word, i) => i % ENTRY_WORDS === 0 && (word & 0xff) === wanted);
    return at === undefined ? undefined : tape![at + 3];
  }

  const grown = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2 - Buffer.byteLength(text);

  it('is the same from the kernel and from the byte loop, and tells how much the recording grows', () => {
    fc.assert(
      fc.property(recording, (text) => {
        expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(grown(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same through however small a window', () => {
    fc.assert(
      fc.property(recording, stretches, windows, fc.nat(2000), (text, at, window, piece) => {
        const bytes = Buffer.from(around(stretched(text, at)));
        expect(quickly(bytes, piece, window)).toEqual(quickly(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is refused for the same reason, wherever a byte is wrong', () => {
    fc.assert(
      fc.property(recording, changes, (text, at) => {
        const bytes = Buffer.concat([Buffer.from(around('')).subarray(0, -2), broken(text, at), Buffer.from('}}')]);
        expect(quickly(bytes)).toEqual(slowly(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '[]',
    '[ ]',
    '{}',
    '{ \n}',
    '[[],{}]',
    '{"a":{}}',
    '[1,]',
    '{"a":1,}',
    '{,}',
    '[,]',
    '[}',
    '{]',
    '{"a"}',
    '{"a":}',
    '[1 2]',
    '{"a" "b"}',
    '[01]',
    '[1.]',
    '[1e]',
    '[-]',
    '[-0.0e+10]',
    '[.5]',
    '[+1]',
    '[tru]',
    '[true1]',
    '["\\x"]',
    '["\\u12g4"]',
    '["\\u1234"]',
    '["a',
    '[',
    '{',
    '["\t"]',
    '[1',
    '{"a":[}',
    '[]]',
    '["\\',
    '["\\u12',
    '{"a":1 , "b" : [ ] }',
    '{"a":1,]',
    '[{"a":1},}',
  ])('judges %s as JSON.parse does', (text) => {
    const tape = tapeOf(Buffer.from(around(text)));
    expect(growthOn(tape)).toBe(isJson(text) ? grown(text) : undefined);
  });

  it.each(['[NaN]', '{"a":Infinity}', '[-Infinity]'])('is not written for %s, which is repaired outside of recordings', (text) => {
    expect(tapeOf(Buffer.from(around(text)))).toBeUndefined();
  });

  it.each(['["\\ud800"]', '["\\u0000"]', '{"\\udc00":1}'])('leaves %s as it is, which is repaired outside of recordings', (text) => {
    expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(grown(text));
  });

  it.each(['"a \\"text\\""', '5', 'true', 'null'])('has no growth for %s: it is no recording', (text) => {
    expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(0);
  });

  it('takes the deepest nesting that is allowed and no deeper', () => {
    const nested = (depth: number) => Buffer.from(around('['.repeat(depth) + ']'.repeat(depth)));
    // The event and its properties are two.
    expect(tapeOf(nested(LIMITS.maxDepth - 2))).toBeDefined();
    expect(tapeOf(nested(LIMITS.maxDepth - 1))).toBeUndefined();
    expect(tapeOf(nested(5000))).toBeUndefined();
  });
});
