const FRAME = 0xfd2fb528;
/** The last four bits are the sender's. */
const SKIPPABLE = 0x184d2a5;

/** RFC 8878 3.1.1: a frame, or one to be skipped before it. */
export function isZstd(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32LE(0);
  return magic === FRAME || magic >>> 4 === SKIPPABLE;
}
