import type { Environment } from '@app/config';
import { AiEvents } from '@app/event';
import type { KafkaConfig } from '@app/kafka';

/** Of a manifest that says where events of each kind go, or of a topic that was made for them. */
const ASKS_FOR_LANE = /^(?:KAFKA_AI_TOPIC$|CAPTURE_OUTPUT_|KAFKA_INGESTION_PRODUCER_)/;

/**
 * What `CAPTURE_AI_LANE` is where nobody has said `on` or `off`: on where something tells that there are consumers, or where there
 * are none that could miss the events. Else it stays `auto`, which is off, and which the boot speaks of.
 *
 * @param env empty variables are left out
 */
export function aiLaneOf({ CAPTURE_AI_LANE: given = 'auto', ...env }: Environment, output: string): string {
  if (given !== 'auto') return given;
  return output === 'embedded' || Object.keys(env).some((name) => ASKS_FOR_LANE.test(name)) ? 'on' : 'auto';
}

/** Undefined while the lane is off. */
export function aiEventsOf({ aiLane, aiLanePredicate }: KafkaConfig): AiEvents | undefined {
  return aiLane === 'on' ? new AiEvents(aiLanePredicate) : undefined;
}

/** Said at boot where nobody has decided. */
export const AI_LANE_HINT =
  'AI events ($ai_…) go to KAFKA_TOPIC like all others. CAPTURE_AI_LANE=on gives them a topic (KAFKA_AI_TOPIC) and a limit on size ' +
  '(KAFKA_AI_MESSAGE_MAX_BYTES) of their own, CAPTURE_AI_LANE=off says nothing of it';
