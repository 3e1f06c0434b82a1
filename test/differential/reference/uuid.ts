/** Lower-case with hyphens, from any form: upper case, hyphens left out, braces, `urn:uuid:`. Undefined when it is none. */
export function uuidOf(text: string): string | undefined {
  let rest = text.toLowerCase();
  if (rest.startsWith('urn:uuid:')) rest = rest.slice(9);
  if (rest.startsWith('{') && rest.endsWith('}')) rest = rest.slice(1, -1);
  if (!/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/.test(rest)) return undefined;
  const hex = rest.replaceAll('-', '');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
