import querystring from 'node:querystring';

/** Node has it, its type definitions do not. */
const { unescapeBuffer } = querystring as unknown as { unescapeBuffer(this: void, text: string): Buffer };

const SNIFF_BYTES = 128;
const FORM_START = /(?:^|&)(?:data|_|ip|compression)=/;
const MAX_FIELDS = 100;

/** Whether the body is a urlencoded form, told from its first bytes: the content type is often missing or wrong. */
export function looksLikeForm(bytes: Buffer): boolean {
  return FORM_START.test(bytes.toString('latin1', 0, SNIFF_BYTES));
}

export type FormFields = ReadonlyMap<string, Buffer>;

/** Percent-decodes to bytes, not to text: old SDKs put CESU-8 in there. A later field of the same name wins. */
export function parseForm(bytes: Buffer): FormFields {
  const fields = new Map<string, Buffer>();
  for (const field of bytes.toString('latin1').split('&', MAX_FIELDS)) {
    const equals = field.indexOf('=');
    if (equals < 0) continue;
    fields.set(decode(field.slice(0, equals)).toString(), decode(field.slice(equals + 1)));
  }
  return fields;
}

function decode(text: string): Buffer {
  return unescapeBuffer(text.replaceAll('+', ' '));
}
