import { IsInt, Max, Min } from 'class-validator';
import { Env } from '@app/config';

const MIB = 1024 * 1024;

export class DecoderConfig {
  @Env('MAX_BODY_BYTES', { meaning: 'Largest body on the wire, bytes; beyond it 413.' })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxBodyBytes: number = 20 * MIB;

  @Env('MAX_REPLAY_BODY_BYTES', { meaning: 'Largest body on the wire on /s, the route of session recordings, bytes; beyond it 413.' })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxReplayBodyBytes: number = 25 * MIB;

  @Env('MAX_INFLATED_BYTES', { meaning: 'Largest body after decompression, bytes; beyond it 413.' })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxInflatedBytes: number = 100 * MIB;

  @Env('MAX_INFLATE_RATIO', {
    meaning:
      'A body that decompresses to more than so many times its size, and to more than 8 MiB, is worked on behind all others, one at a time.',
  })
  @IsInt()
  @Min(2)
  @Max(1_000_000)
  readonly maxInflateRatio: number = 200;

  @Env('MAX_LZ64_BYTES', { meaning: 'Largest body in the coding lz64, bytes as they are sent; beyond it 413.' })
  @IsInt()
  @Min(1024)
  @Max(1024 * MIB)
  readonly maxLz64Bytes: number = 2 * MIB;

  @Env('MAX_JSON_DEPTH', { meaning: 'Deepest nesting of objects and arrays in a body; beyond it 400.' })
  @IsInt()
  @Min(8)
  @Max(1000)
  readonly maxJsonDepth: number = 128;

  @Env('MAX_EVENTS_PER_REQUEST', { meaning: 'Most events in one request; beyond it 413, which makes SDKs send smaller batches.' })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  readonly maxEventsPerRequest: number = 10_000;

  @Env('MAX_IN_FLIGHT_BYTES', {
    meaning: 'Bytes that all requests under way may hold together (wire, inflated and output); beyond it 503.',
  })
  @IsInt()
  @Min(MIB)
  readonly maxInFlightBytes: number = 256 * MIB;

  @Env('REPLAY_IN_FLIGHT_PERCENT', {
    meaning: 'Share of MAX_IN_FLIGHT_BYTES that requests on /s may hold together, percent: the rest is kept for events.',
  })
  @IsInt()
  @Min(1)
  @Max(100)
  readonly replayInFlightPercent: number = 75;

  @Env('BODY_CHUNK_READ_TIMEOUT_MS', { meaning: 'Longest gap between two chunks of a body, milliseconds; beyond it 408.' })
  @IsInt()
  @Min(50)
  @Max(600_000)
  readonly bodyChunkReadTimeoutMs: number = 10_000;

  @Env('BODY_TOTAL_TIMEOUT_MS', {
    meaning:
      'How long a body may take to arrive, milliseconds, with a second more for every 2 KiB of it, a minute ahead at most; beyond it 408.',
  })
  @IsInt()
  @Min(1000)
  @Max(3_600_000)
  readonly bodyTotalTimeoutMs: number = 60_000;
}
