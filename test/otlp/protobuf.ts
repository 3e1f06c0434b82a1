/** A message's fields by number, each with its values in order: varints as numbers, the rest as bytes. */
export type Fields = ReadonlyMap<number, readonly (number | Buffer)[]>;

/** Enough of protobuf's wire format to read what OTLP exporters write. */
export function readFields(message: Buffer): Fields {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++];
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  const bytes = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const value = [() => varint(), () => bytes(8), () => bytes(varint()), undefined, undefined, () => bytes(4)][tag & 7];
    if (value === undefined) throw new Error(`unknown wire type ${tag & 7}`);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), value()]);
  }
  return fields;
}

export function messagesOf(fields: Fields, number: number): readonly Fields[] {
  return (fields.get(number) ?? []).map((value) => readFields(value as Buffer));
}

export function bytesOf(fields: Fields, number: number): Buffer {
  return (fields.get(number)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
}
