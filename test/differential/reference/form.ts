import { Refusal } from './refusal.js';

/** Fields of a urlencoded form by name, as the bytes they stand for; of two the last. */
export function formFields(body: Buffer): Map<string, Buffer> {
  const fields = new Map<string, Buffer>();
  for (const field of body.toString('latin1').split('&').slice(0, 100)) {
    const [, name, value] = /^([^=]*)=([^]*)$/.exec(field) ?? [];
    if (name !== undefined) fields.set(percentDecoded(name).toString(), percentDecoded(value));
  }
  return fields;
}

function percentDecoded(text: string): Buffer {
  const spaced = text.replaceAll('+', ' ');
  return Buffer.from(
    spaced.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** Fields of a multipart body by name. @throws Refusal `undecodable` without a boundary */
export function multipartFields(body: Buffer, contentType: string): Map<string, Buffer> {
  const boundary = /boundary="?([^";]+)/i.exec(contentType)?.[1];
  if (boundary === undefined) throw new Refusal('undecodable');
  const fields = new Map<string, Buffer>();
  const escaped = boundary.trim().replaceAll(/[^a-z0-9]/gi, String.raw`\$&`);
  // Before the first delimiter and behind the last there is no part; a delimiter begins a line.
  const parts = body
    .toString('latin1')
    .split(new RegExp(`(?<=^|\\n)--${escaped}`))
    .slice(1, -1)
    .slice(0, 100);
  for (const part of parts) {
    const headEnd = part.indexOf('\r\n\r\n');
    if (headEnd < 0) continue;
    const lines = part.slice(0, headEnd).split('\r\n');
    const name = lines.map((line) => /^content-disposition:.*[; ]name="?([^";]+)/i.exec(line)?.[1]).find((found) => found !== undefined);
    if (name !== undefined) fields.set(name, Buffer.from(part.slice(headEnd + 4, -2), 'latin1'));
  }
  return fields;
}
