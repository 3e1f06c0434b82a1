/** Parses JSON and keeps every number as its text, so that 64-bit integers and `1.0` can be told apart from their doubles. */
export function parseExactly(text: string): unknown {
  return JSON.parse(withoutNaN(text), (_key, value, { source }) => (typeof value === 'number' ? JSON.rawJSON(source ?? '0') : value));
}

/** Old Python clients write tokens that are not JSON; the gateway makes null of them. */
function withoutNaN(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) => (token.startsWith('"') ? token : 'null'));
}

/** Compact, with the text of numbers. */
export function exactText(value: unknown): string {
  return JSON.stringify(value);
}

/** What the gateway may change in strings: NUL and halves of surrogate pairs become U+FFFD. */
export function edited(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed();
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(edited);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [edited(key), edited(member)]));
}

/** A number or string as the text it has in JSON; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
}
