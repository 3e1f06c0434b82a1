import { gzipSync } from 'node:zlib';
import type { Coding } from './body/codings.js';
import { repeat, type Part } from './body/parts.js';
import { batch, event, ITEM, snapshot, strictBatch, strictEvent, withProperties } from './cases/shapes.js';
import { requestOf, STRICT, type Recipe, type Route } from './request.js';

/** A stage of decoding, and a request that gives it nearly all of the work, at any size. */
export interface Stage {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What all of the request's way may allocate for each byte of it, the stage above all, bytes; COMMON_PER_BYTE by default. */
  readonly perByte?: number;
  readonly recipeOf: (bytes: number) => Recipe;
}

/** The body, its text, the scanner's memory, the message and what a test's sink makes of it are 5 to 11 bytes a byte. */
export const COMMON_PER_BYTE = 12;
/** UTF-16, doubled as it grows, and once more on its way to UTF-8. */
const LZ64_PER_BYTE = 16;

const stage = (name: string, partsOf: (bytes: number) => readonly Part[], route: Route = '/e', codings: readonly Coding[] = []): Stage => ({
  name,
  recipeOf: (bytes) => ({ route, parts: partsOf(bytes), codings }),
});

const multipart = (name: string, partsOf: (bytes: number) => readonly Part[]): Stage => ({
  name: `multipart: ${name}`,
  recipeOf: (bytes) => ({ route: '/e', parts: partsOf(bytes), headers: { 'content-type': 'multipart/form-data; boundary=b' } }),
});

/** A search that compares the whole boundary at every byte takes body times boundary, and both grow here. */
function nearlyMatching(bytes: number): Recipe {
  const boundary = `a${'-'.repeat(Math.min(15_000, bytes / 128))}`;
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return { route: '/e', parts: [`--${boundary}x`, repeat('-', bytes)], headers };
}

const inText = (text: string | Buffer) => (bytes: number) => withProperties('"a":"', repeat(text, bytes), '"');
const strictOf = (inner: (bytes: number) => readonly Part[]) => (bytes: number) => strictBatch(strictEvent(',', ...inner(bytes)));
const MEMBERS = '"":0,';
const LAST = '"":0';
const GARBAGE = Buffer.from([0xff]);
/** What is in no coding. */
const NOISE = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i * 2_654_435_761) >>> 13));
const SMALL_GZIP = gzipSync('{"token":"phc_hostile","event":"e","distinct_id":"d"}');

/** Of a body that is in neither, and not told from them by its beginning. */
const wronglyNamed = (name: string, partsOf: (bytes: number) => readonly Part[]): Stage => ({
  name,
  recipeOf: (bytes) => ({ route: '/e', parts: partsOf(bytes), headers: { 'content-encoding': 'br, deflate' } }),
});

/** One for each stage and each coding. */
export const STAGES: readonly Stage[] = [
  stage('JSON: one text', inText('x')),
  stage('JSON: blanks', (bytes) => event('"a":', repeat(' ', bytes), '0')),
  stage('JSON: members', (bytes) => withProperties(repeat(MEMBERS, bytes), LAST)),
  stage('JSON: lists', (bytes) => withProperties('"a":[', repeat('[],', bytes), '0]')),
  stage('JSON: escapes', inText('\\u0041\\n')),
  stage('JSON: digits', (bytes) => withProperties('"a":', repeat('9', bytes))),
  stage('UTF-8: not ASCII', inText('é😀')),
  stage('UTF-8: not valid', (bytes) => [repeat(GARBAGE, bytes)]),
  // The body is written anew, with the characters that its halves are.
  { ...stage('UTF-8: CESU-8', inText(Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]))), perByte: 15 },
  stage('repair: NaN', (bytes) => withProperties('"a":[', repeat('NaN,', bytes), '0]')),
  stage('repair: surrogates', inText('\\ud800')),
  stage('repair: NUL', inText('\\u0000')),
  stage('base64: of JSON', inText('x'), '/e', ['base64']),
  stage('base64: blanks for plus', (bytes) => [repeat('A ', bytes)]),
  stage('base64: thrice', (bytes) => [repeat('0', bytes / 2.4)], '/e', ['base64', 'base64', 'base64']),
  stage('gzip: of JSON', inText('x'), '/e', ['gzip']),
  stage('gzip: of blanks', (bytes) => [repeat(' ', bytes)], '/e', ['gzip']),
  stage('gzip: in base64 in a form', inText('x'), '/e', ['gzip', 'base64', 'form']),
  stage('gzip: of a form', inText('x'), '/e', ['form', 'gzip']),
  stage('gzip: much behind it', (bytes) => [SMALL_GZIP, repeat('x', bytes)]),
  stage('gzip: members, and more behind', (bytes) => [repeat(SMALL_GZIP, bytes), '\r\n']),
  stage('gzip: more behind a text', inText('x'), '/e', ['gzip', 'and-more']),
  ...(['zstd', 'br', 'deflate'] as const).map((coding) => stage(`${coding}: of JSON`, inText('x'), '/e', [coding])),
  wronglyNamed('br and deflate: of neither', (bytes) => ['["é"', repeat(',"x"', bytes), ']']),
  wronglyNamed('br and deflate: of noise', (bytes) => [repeat(NOISE, bytes)]),
  { ...stage('lz64: one text', inText('x'), '/e', ['lz64']), perByte: LZ64_PER_BYTE },
  { ...stage('lz64: members', (bytes) => withProperties(repeat(MEMBERS, bytes), LAST), '/e', ['lz64']), perByte: LZ64_PER_BYTE },
  stage('form: plus', (bytes) => [repeat('+', bytes)], '/e', ['form-raw']),
  stage('form: percent', (bytes) => withProperties('"a":"', repeat('é', bytes / 3), '"'), '/e', ['form']),
  stage('form: broken percent', (bytes) => [repeat('%', bytes)], '/e', ['form-raw']),
  stage('form: fields', (bytes) => [repeat('a&data=', bytes)], '/e', ['form-raw']),
  multipart('heads', (bytes) => ['--b\r\n', repeat('content-disposition:', bytes), '\r\n\r\nx\r\n--b--']),
  multipart('names', (bytes) => ['--b\r\ncontent-disposition: form-data', repeat('; name', bytes), '\r\n\r\nx\r\n--b--']),
  { name: 'multipart: a boundary that nearly matches', recipeOf: nearlyMatching },
  multipart('parts', (bytes) => [repeat('--b\r\n\r\n\r\n', bytes)]),
  stage(
    'batch: again and again',
    (bytes) => ['{"api_key":"phc_hostile",', repeat(`"batch":[${'0,'.repeat(99)}0],`, bytes), LAST, '}'],
    '/batch',
  ),
  stage(
    'batch: members beside',
    (bytes) => ['{"api_key":"phc_hostile","batch":[{"event":"e","distinct_id":"d"}],', repeat(MEMBERS, bytes), LAST, '}'],
    '/batch',
  ),
  stage(
    'batch: one large event',
    (bytes) => batch('{"event":"e","distinct_id":"d","properties":{', repeat(MEMBERS, bytes), LAST, '}}'),
    '/batch',
  ),
  // It stands in the envelope and in a header, each as text and as bytes, beside the event itself.
  { ...stage('event: name', (bytes) => event('"event":"', repeat('ā', bytes), '"')), perByte: 16 },
  stage('event: distinct_id, a list', (bytes) => event('"distinct_id":[', repeat('1,', bytes), '1]')),
  stage('event: distinct_id, a text', (bytes) => event('"distinct_id":"', repeat('\\u00e9', bytes), '"')),
  stage('event: known members', (bytes) => event(repeat('"properties":{},"timestamp":"x","uuid":"",', bytes), LAST)),
  stage('event: heatmap', (bytes) => withProperties('"$heatmap_data":{},', repeat(MEMBERS, bytes), LAST)),
  stage(
    'event: person update',
    (bytes) => ['{"$token":"phc_hostile","$distinct_id":"d","$set":{},', repeat(MEMBERS, bytes), LAST, '}'],
    '/engage',
  ),
  {
    ...stage('event: addresses', (bytes) => withProperties(repeat('"$ip":"203.0.113.9",', bytes), LAST)),
    env: { IP_MODE: 'truncate' },
  },
  stage('recording: items', (bytes) => snapshot([repeat(`${ITEM},`, bytes), ITEM]), '/s'),
  stage('recording: one item', (bytes) => snapshot(['{', repeat(MEMBERS, bytes), LAST, '}']), '/s'),
  stage('recording: metadata', (bytes) => snapshot([ITEM], ',"x":[', repeat('[],', bytes), '0]'), '/s'),
  stage(
    'strict: name',
    strictOf((bytes) => ['"event":"', repeat('ā', bytes), '"']),
    STRICT,
  ),
  stage(
    'strict: members',
    strictOf((bytes) => [repeat(MEMBERS, bytes), LAST]),
    STRICT,
  ),
  stage(
    'strict: options',
    strictOf((bytes) => ['"options":{"x":[', repeat('[],', bytes), '0]}']),
    STRICT,
  ),
  stage('strict: members beside', (bytes) => strictBatch(strictEvent(), ',"x":[', repeat('[],', bytes), '0]'), STRICT),
  ...(['gzip', 'deflate', 'br', 'zstd'] as const).map((coding) =>
    stage(
      `strict: ${coding}`,
      strictOf((bytes) => ['"properties":{"a":"', repeat('x', bytes), '"}']),
      STRICT,
      [coding],
    ),
  ),
];

/** The request of a stage at a size; what the stage itself sees is about as large, whatever is on the wire. */
export async function stageRequest({ name, recipeOf }: Stage, bytes: number) {
  const request = await requestOf(recipeOf(bytes));
  if (request === undefined) throw new Error(`${name} does not fit on the wire with ${bytes} bytes`);
  return request;
}
