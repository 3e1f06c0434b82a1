import { strictJson, textOf, type RawText } from '@app/decoder';

const MAX_CHARACTERS = 200;

/**
 * The id as text: strings as they are, numbers by their own digits (`1.0` stays `1.0`: the same user must not get a
 * second id), objects with sorted keys. Cut to 200 Unicode scalar values, NUL replaced: Postgres can't store it.
 *
 * @returns undefined when it is missing or blank
 */
export function distinctIdText(raw: RawText): string | undefined {
  const text = raw.isString || raw.isPlain ? textOf(raw) : canonicalJson(strictJson(raw));
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
function canonicalJson(json: string): string {
  return write(JSON.parse(json, (_key, value, { source }) => (typeof value === 'number' ? JSON.rawJSON(source ?? '0') : value)));
}

function write(value: unknown): string {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  // By bytes, as the reference sorts: UTF-16 puts emoji before some characters that come earlier.
  const members = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
