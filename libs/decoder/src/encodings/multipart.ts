import type { FormFields } from './form.js';

const MAX_PARTS = 100;

/** Fields of a multipart/form-data body (old Android); parts without a name are passed over. */
export function parseMultipart(bytes: Buffer, boundary: string): FormFields {
  const fields = new Map<string, Buffer>();
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let start = bytes.indexOf(delimiter);
  for (let i = 0; i < MAX_PARTS && start >= 0; i++) {
    const from = start + delimiter.length;
    const next = bytes.indexOf(delimiter, from);
    if (next < 0) break;
    addPart(fields, bytes.subarray(from, next));
    start = next;
  }
  return fields;
}

function addPart(fields: Map<string, Buffer>, part: Buffer): void {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd < 0) return;
  const name = /content-disposition:[^\r\n]*[; ]name="?([^";\r\n]+)/i.exec(part.toString('latin1', 0, headEnd))?.[1];
  // The line break before the next delimiter belongs to the delimiter.
  if (name !== undefined) fields.set(name, part.subarray(headEnd + 4, part.length - 2));
}
