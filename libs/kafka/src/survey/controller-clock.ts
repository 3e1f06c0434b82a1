import { describeQuorumV1, protocolErrorsCodesById, type Connection } from '@platformatic/kafka';
import { keepErrors, request } from '../engine/broker-request.js';
import type { ClusterClock } from '../engine/producer-engine.js';
import { nameOf } from '../engine/refusal.js';

const QUORUM = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }];

/**
 * Kafka has no request for the time. But asked for the state of its quorum (KIP-836, from 3.3 on, with KRaft) the
 * active controller says of itself that it has caught up just now, by its clock. That writes nothing, and wants the right
 * to Describe the cluster. A broker that does not know the request closes the connection.
 */
export async function controllerClock(connection: Connection): Promise<ClusterClock> {
  try {
    const { key, version } = describeQuorumV1.api;
    const parse: typeof describeQuorumV1.parseResponse = (...wire) => keepErrors(() => describeQuorumV1.parseResponse(...wire));
    const before = Date.now();
    const { errorCode, topics } = await request(connection, key, version, () => describeQuorumV1.createRequest(QUORUM), parse);
    const here = (before + Date.now()) / 2;
    const quorum = topics[0]?.partitions[0];
    const failure = errorCode || quorum?.errorCode;
    if (failure) return { error: protocolErrorsCodesById[failure] ?? `error ${failure}` };
    const time = Number(quorum?.currentVoters.find(({ replicaId }) => replicaId === quorum.leaderId)?.lastCaughtUpTimestamp ?? -1);
    return time > 0 ? { skewMs: Math.round(here - time) } : { error: 'not told' };
  } catch (error) {
    return { error: nameOf(error) };
  }
}
