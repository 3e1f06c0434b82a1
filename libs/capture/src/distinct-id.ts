import { textOf, type RawText } from '@app/decoder';

const MAX_CHARACTERS = 200;

/**
 * The id as text: strings as they are, numbers by their own digits (`1.0` stays `1.0`: the same user must not get a
 * second id), objects with sorted keys. Cut to 200 Unicode scalar values, NUL replaced: Postgres can't store it.
 *
 * @returns undefined when it is missing or blank
 */
export function distinctIdText(raw: RawText): string | undefined {
  const text = raw.isString || raw.isPlain ? textOf(raw) : canonicalJson(textOf(raw));
  // Blanks around an id are kept; an id of blanks is none.
  if (text === '' || text.trim() === '') return undefined;
  return cut(text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text).toWellFormed();
}

function cut(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  let units = 0;
  let characters = 0;
  while (units < text.length && characters < MAX_CHARACTERS) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
    characters++;
  }
  return text.slice(0, units);
}

/** Compact JSON with sorted keys; numbers keep their source text. */
function canonicalJson(text: string): string {
  // Bare NaN and Infinity are null here as everywhere; a string is passed over whole.
  const json = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? token : 'null'));
  return write(JSON.parse(json, (_key, value, { source }) => (typeof value === 'number' ? JSON.rawJSON(source ?? '0') : value)));
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
