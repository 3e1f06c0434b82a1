import { compressionsAlgorithms } from '@platformatic/kafka';
import { zstdDecompress } from 'node:zlib';
import { promisify } from 'node:util';
import kafkajs, { type CompressionTypes as CompressionTypesOfKafkajs } from 'kafkajs';
import type { Codec } from '../kafka.config.js';
import { compress } from '../records/compression.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const unzstd = promisify(zstdDecompress);

export const KAFKAJS_CODECS: Readonly<Record<Codec, CompressionTypesOfKafkajs>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

interface Encoded {
  readonly buffer: Buffer;
}

/** kafkajs brings gzip only; its registry of codecs is one for the process. No native code: wasm and node:zlib. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: Encoded) => compress('snappy', buffer),
    decompress: async (buffer: Buffer) => compressionsAlgorithms.snappy.decompressSync(buffer),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoded) => compress('lz4', buffer),
    decompress: async (buffer: Buffer) => compressionsAlgorithms.lz4.decompressSync(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async ({ buffer }: Encoded) => compress('zstd', buffer),
    decompress: async (buffer: Buffer) => unzstd(buffer),
  });
}
