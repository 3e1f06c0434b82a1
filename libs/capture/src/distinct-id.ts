import { Drop } from '@app/event';
import { storableText, textOf, type RawText } from '@app/decoder';
import { canonicalStart } from './canonical-json.js';

const MAX_CHARACTERS = 200;
/** Of an id that is no string; it is put into a canonical form. */
const MAX_JSON_BYTES = 16 * 1024;

/**
 * The id as text: strings as they are, numbers by their own digits (`1.0` stays `1.0`: the same user must not get a
 * second id), objects with sorted keys. Cut to 200 Unicode scalar values, NUL replaced: Postgres can't store it. However
 * long it is, no more is read than is kept.
 *
 * @returns undefined when it is missing or blank; a Drop when it is no string and too long
 */
export function distinctIdText(raw: RawText): string | Drop | undefined {
  if (!raw.isString && raw.raw.length > MAX_JSON_BYTES)
    return new Drop(
      'distinct_id_too_big',
      `an id that is no string may have ${MAX_JSON_BYTES} bytes, this one has ${raw.raw.length}`,
      'unparsable',
    );
  const text = raw.isString ? storableText(startOf(raw)) : raw.isPlain ? textOf(raw) : canonicalStart(raw.raw, MAX_CHARACTERS);
  // Blanks around an id are kept; an id of blanks is none.
  if (text === '' || text.trim() === '') return undefined;
  return cut(text).toWellFormed();
}

/** The part of a string that its first characters are in, and one more. */
function startOf(raw: RawText): RawText {
  const { raw: text } = raw;
  if (text.length <= MAX_CHARACTERS) return raw;
  let at = 0;
  for (let characters = 0; characters <= MAX_CHARACTERS && at < text.length; characters++) at += characterLength(text, at);
  return { ...raw, raw: text.slice(0, at) };
}

/** Bytes of the character at `at`: escaped, as two halves of a pair, or in UTF-8. */
function characterLength(text: string, at: number): number {
  const byte = text.charCodeAt(at);
  if (byte !== 0x5c) return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  if (text[at + 1] !== 'u') return 2;
  const isPair = /^\\u[dD][89abAB]..\\u[dD][c-fC-F]/.test(text.slice(at, at + 12));
  return isPair ? 12 : 6;
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
