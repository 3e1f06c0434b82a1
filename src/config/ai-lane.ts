import type { Environment } from '@app/config';
import { AiEvents } from '@app/event';
import type { KafkaConfig } from '@app/kafka';
import { isNewestManifest } from './posthog-names.js';

/**
 * What `CAPTURE_AI_LANE` is where nobody has said `on` or `off`: on where something tells that there are consumers, or where there
 * are none that could miss the events. Else it stays `auto`, which is off, and which the boot speaks of.
 *
 * @param env empty variables are left out
 */
export function aiLaneOf(env: Environment, output: string): string {
  const { CAPTURE_AI_LANE: given = 'auto', KAFKA_AI_TOPIC: topic } = env;
  if (given !== 'auto') return given;
  return output === 'embedded' || topic !== undefined || isNewestManifest(env) ? 'on' : 'auto';
}

/** Undefined while the lane is off. */
export function aiEventsOf({ aiLane, aiLanePredicate }: KafkaConfig): AiEvents | undefined {
  return aiLane === 'on' ? new AiEvents(aiLanePredicate) : undefined;
}

/** Said at boot where nobody has decided. */
export const AI_LANE_HINT =
  'AI events ($ai_…) go to KAFKA_TOPIC like all others. CAPTURE_AI_LANE=on gives them a topic (KAFKA_AI_TOPIC) and a limit on size ' +
  '(KAFKA_AI_MESSAGE_MAX_BYTES) of their own, CAPTURE_AI_LANE=off says nothing of it';
