import { IsInt, Max, Min } from 'class-validator';
import { Env } from '@app/config';

const MIB = 1024 * 1024;

export class StrictConfig {
  @Env('CAPTURE_V1_MAX_COMPRESSED_BODY_BYTES', {
    meaning: 'Largest body on the wire of /i/v1/analytics/events and /i/v1/ai/events, bytes; beyond it 413.',
  })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxCompressedBytes: number = 10 * MIB;

  @Env('CAPTURE_V1_MAX_DECOMPRESSED_BODY_BYTES', {
    meaning: 'Largest body of these after decompression, bytes; beyond it 413.',
  })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxDecompressedBytes: number = 50 * MIB;
}
