import { SeededRandom } from '@app/testing';
import type { Coding } from '../body/codings.js';
import { repeat, type Part } from '../body/parts.js';
import { requestOf, ROUTES, STRICT, wireLimit, type Recipe, type Route } from '../request.js';
import { BLANKS, CHARS, DIGITS, NAMES, RAW, VALUES } from './elements.js';
import { BLANK_POSITIONS, MEMBER_POSITIONS, VALUE_POSITIONS, type Position } from './positions.js';

export interface Bomb {
  /** What is repeated where, in which codings, on which route. */
  readonly name: string;
  readonly request: NonNullable<Awaited<ReturnType<typeof requestOf>>>;
}

export interface BombSizes {
  /** Bytes before any coding. */
  readonly least: number;
  readonly most: number;
}

const LOOSE: readonly Route[] = ROUTES.filter((route) => route !== STRICT && route !== '/flags');
const MULTIPART_HEADERS = { 'content-type': 'multipart/form-data; boundary=b' };

const LOOSE_CODINGS: readonly (readonly Coding[])[] = [
  [],
  ['gzip'],
  ['gzip'],
  ['gzip'],
  ['gzip'],
  ['gzip', 'gzip'],
  ['gzip', 'gzip', 'gzip'],
  ['base64'],
  ['base64', 'gzip'],
  ['gzip', 'base64'],
  ['gzip', 'base64', 'form'],
  ['base64', 'form'],
  ['form'],
  ['form-raw'],
  ['gzip', 'multipart'],
  ['multipart'],
  ['lz64'],
  ['lz64', 'form'],
  ['form', 'gzip'],
  ['br'],
  ['zstd'],
  ['deflate'],
  ['form', 'br'],
  ['gzip', 'zstd'],
  ['br', 'gzip'],
  ['multipart', 'deflate'],
];
const STRICT_CODINGS: readonly (readonly Coding[])[] = [[], ['gzip'], ['gzip'], ['br'], ['zstd'], ['deflate'], ['gzip', 'gzip']];

/** The same request for the same numbers: one text, repeated in one place, in some stack of codings, as large as its route takes. */
export async function bombOf(random: SeededRandom, { least, most }: BombSizes): Promise<Bomb> {
  const { name, isStrict, partsOf } = what(random);
  const route = isStrict ? STRICT : random.chance(0.02) ? '/flags' : random.pick(LOOSE);
  const codings = random.pick(isStrict ? STRICT_CODINGS : LOOSE_CODINGS);
  const isGet = !isStrict && codings.length > 0 && random.chance(0.05);
  const headers = !isStrict && codings.length === 0 && random.chance(0.2) ? MULTIPART_HEADERS : undefined;
  // As many small ones as large ones.
  let size = Math.round(least * (most / least) ** random.next());
  if (isUncompressed(codings)) size = Math.min(size, wireLimit(route) - 10_000);
  for (;;) {
    const recipe: Recipe = { route, parts: partsOf(size), codings, isGet, headers };
    const request = await requestOf(recipe);
    const told = `${name}, ${size} bytes, ${[...codings, isGet ? 'query' : ''].join(' > ')} ${route}`;
    if (request !== undefined) return { name: told, request };
    size = Math.floor(size / 2);
  }
}

const isUncompressed = (codings: readonly Coding[]): boolean => codings.every((coding) => coding === 'form-raw' || coding === 'multipart');

interface What {
  readonly name: string;
  readonly isStrict: boolean;
  readonly partsOf: (bytes: number) => readonly Part[];
}

function what(random: SeededRandom): What {
  switch (random.int(8)) {
    case 0:
      return filled(random.pick(BLANK_POSITIONS), random.pick(BLANKS), (fill) => [fill]);
    case 1:
    case 2:
      return members(random, random.pick(MEMBER_POSITIONS));
    case 3:
      return raw(random);
    default:
      return value(random, random.pick(VALUE_POSITIONS));
  }
}

function value(random: SeededRandom, position: Position): What {
  switch (random.int(4)) {
    case 0:
      return members(random, { ...position, around: (inner) => position.around(['{', ...inner, '}']) });
    case 1:
      return filled(position, random.pick(CHARS), (fill) => ['"', fill, '"']);
    case 2:
      return filled(position, random.pick(DIGITS), (fill) => ['1', fill]);
    default: {
      const element = random.pick(VALUES);
      return filled(position, `${element},`, (fill) => ['[', fill, element, ']']);
    }
  }
}

function members(random: SeededRandom, position: Position): What {
  const member = `"${random.pick(NAMES)}":${random.pick(VALUES)}`;
  return {
    name: `${member}, ${position.name}`,
    isStrict: position.isStrict === true,
    partsOf: (bytes) => position.around(memberFill(member, bytes)),
  };
}

function memberFill(member: string, bytes: number): Part[] {
  return [repeat(`${member},`, bytes), member];
}

function filled(position: Position, unit: string | Buffer, inner: (fill: Part) => readonly Part[]): What {
  const name = `${JSON.stringify(unit.toString())}, ${position.name}`;
  return { name, isStrict: position.isStrict === true, partsOf: (bytes) => position.around(inner(repeat(unit, bytes))) };
}

function raw(random: SeededRandom): What {
  const unit = random.pick(RAW);
  const begin = random.pick(['', '', 'data=', '--b\r\n', '{"a":"', '[']);
  return {
    name: `${JSON.stringify(unit.toString())} after ${JSON.stringify(begin)}`,
    isStrict: false,
    partsOf: (bytes) => [begin, repeat(unit, bytes)],
  };
}
