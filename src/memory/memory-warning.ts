import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { GatewayConfig } from '../config/gateway.config.js';
import type { Config } from '../config/load-config.js';
import { hasReplayProcess } from '../replay-process/has-replay-process.js';
import { connectionBytes } from './connection-bytes.js';

const MIB = 2 ** 20;
/** Of a process that holds nothing: what it takes at saturation. */
const PROCESS_MIB = 300;
/** The process of recordings beside it. */
const REPLAY_MIB = 160;

/** In words, when what the settings allow to be held does not fit into what the container may use; under pressure it would be killed. */
export function memoryWarning(config: Config, limit: number | undefined): string | undefined {
  const inFlight = Math.round(config.get(DecoderConfig).maxInFlightBytes / MIB);
  const { queueMib } = config.get(KafkaConfig);
  const own = PROCESS_MIB + (hasReplayProcess(config.get(GatewayConfig), undefined, limit) ? REPLAY_MIB : 0);
  const ofConnections = Math.round(connectionBytes(inFlight * MIB) / MIB);
  const wanted = inFlight + ofConnections + queueMib + own;
  if (limit === undefined || limit >= wanted * MIB) return undefined;
  return (
    `the container may use ${Math.floor(limit / MIB)} MiB, but MAX_IN_FLIGHT_BYTES (${inFlight} MiB, and ${ofConnections} for connections), KAFKA_PRODUCER_QUEUE_MIB (${queueMib}) and ` +
    `the process itself (${own}) can take ${wanted}: under pressure it would be killed. Lower them, or raise the limit`
  );
}
