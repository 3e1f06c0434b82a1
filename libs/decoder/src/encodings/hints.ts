/** Codings without a magic number: they are tried where a header or a parameter names them. */
export type UnmarkedCoding = 'br' | 'deflate';

/** In a header or a parameter: more than one where a proxy has added its own. */
const SEPARATOR = ',';
/** In one hint are looked at. */
const MOST_NAMES = 8;
/** What clients write, wrong or not. Other names are of codings that are not understood. */
const KNOWN = new Set('identity none gzip gzip-js x-gzip zstd br deflate lz64 lz-string base64'.split(' '));
/** Of a name that is shown to its sender. */
const MOST_SHOWN = 32;

/** Nearly all name gzip, or nothing. */
export function mayNameUnmarked(hint: string | undefined): boolean {
  return hint !== undefined && /br|deflate/i.test(hint);
}

export function unmarkedCodings(...hints: readonly (string | undefined)[]): readonly UnmarkedCoding[] {
  const names = hints.flatMap(namesIn);
  return (['br', 'deflate'] as const).filter((coding) => names.includes(coding));
}

/** The first name of a coding that is not understood, fit to be shown. */
export function unknownCoding(...hints: readonly (string | undefined)[]): string | undefined {
  const unknown = hints.flatMap(namesIn).find((name) => name !== '' && !KNOWN.has(name));
  return unknown?.slice(0, MOST_SHOWN).replace(/[^\w.-]/g, '?');
}

function namesIn(hint: string | undefined): readonly string[] {
  return hint === undefined ? [] : hint.split(SEPARATOR, MOST_NAMES).map((name) => name.trim().toLowerCase());
}
