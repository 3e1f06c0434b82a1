import type { ClusterClock, ClusterSurvey, SurveyedTopic } from '@app/kafka';
import { about, type Finding } from './finding.js';
import { judgeSkew } from './judge-skew.js';

const { ok, warning, fault } = about('kafka');

/** What of a cluster would keep events from it. Acknowledgements are always by all replicas in sync. */
export function judgeKafka({ named, advertised, topics, settingsError, clock }: ClusterSurvey): Finding[] {
  if (advertised.length === 0) {
    const reasons = named.map(({ address, error }) => `${address}: ${error}`).join(', ');
    return [
      fault(
        `no broker of KAFKA_HOSTS answers (${reasons}); check names, ports, KAFKA_TLS and the login, and whether a firewall is between`,
      ),
    ];
  }
  return [
    ...named
      .filter(({ error }) => error !== undefined)
      .map(({ address, error }) =>
        warning(`${address} of KAFKA_HOSTS does not answer (${error}); take it out of the list or bring it back`),
      ),
    ...advertised.map(({ address, error }) =>
      error === undefined
        ? ok(`broker ${address} answers`)
        : fault(
            `the cluster sends its clients to ${address}, which does not answer from here (${error}); mend its advertised.listeners or the network`,
          ),
    ),
    ...(settingsError === undefined
      ? []
      : [
          warning(
            `the topics' settings cannot be read (${settingsError}); sizes and replicas are unchecked until DescribeConfigs is granted`,
          ),
        ]),
    ...(clock === undefined ? [] : [judgeClock(clock)]),
    ...topics.flatMap(judgeTopic),
  ];
}

function judgeClock(clock: ClusterClock): Finding {
  if ('skewMs' in clock) return judgeSkew('kafka', 'the cluster', clock.skewMs);
  return warning(
    `the cluster does not tell its time (${clock.error}), so clocks are unchecked; grant the login Describe on the cluster, or see to NTP yourself`,
  );
}

function judgeTopic(topic: SurveyedTopic): Finding[] {
  const { topic: name, variable, error } = topic;
  if (error === 'UNKNOWN_TOPIC_OR_PARTITION')
    return [fault(`topic ${name} (${variable}) does not exist; create it, or set KAFKA_CREATE_TOPICS=true`)];
  if (error !== undefined)
    return [fault(`topic ${name} (${variable}) cannot be used (${error}); grant the login Describe and Write on it`)];
  const findings = [...permission(topic), ...size(topic), ...copies(topic)];
  return findings.length > 0 ? findings : [ok(`topic ${name} (${variable}) takes what is sent`)];
}

function permission({ topic, variable, mayWrite }: SurveyedTopic): Finding[] {
  return mayWrite === false ? [fault(`the login may not write to topic ${topic} (${variable}); grant it Write`)] : [];
}

/** Which setting a topic's messages go by, told by the beginning of the variable that names it. */
const SIZE_SETTINGS = [
  ['KAFKA_REPLAY', 'KAFKA_REPLAY_MESSAGE_MAX_BYTES'],
  ['KAFKA_AI', 'KAFKA_AI_MESSAGE_MAX_BYTES'],
  ['', 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES'],
] as const;

function size({ topic, variable, takesBytes, ourBytes }: SurveyedTopic): Finding[] {
  if (takesBytes === undefined || takesBytes >= ourBytes) return [];
  const setting = SIZE_SETTINGS.find(([prefix]) => variable.startsWith(prefix))![1];
  return [
    fault(
      `topic ${topic} takes ${takesBytes} bytes at most, but ${setting} is ${ourBytes}; raise its max.message.bytes or lower the setting`,
    ),
  ];
}

function copies({ topic, replicas, inSync, minInSync }: SurveyedTopic): Finding[] {
  if (replicas === undefined || inSync === undefined) return [];
  if (minInSync !== undefined && minInSync > replicas)
    return [
      fault(
        `topic ${topic} has ${replicas} replicas but wants ${minInSync} in sync, so it takes nothing; lower its min.insync.replicas or add replicas`,
      ),
    ];
  if (minInSync !== undefined && inSync < minInSync)
    return [
      fault(
        `topic ${topic} has ${inSync} replicas in sync and wants ${minInSync}, so it takes nothing now; bring the missing brokers back`,
      ),
    ];
  if (replicas === 1)
    return [warning(`topic ${topic} has a single replica: what is acknowledged is lost with one disk; use three in production`)];
  if (minInSync === 1)
    return [warning(`topic ${topic} has min.insync.replicas=1: what is acknowledged may be on one disk alone; set it to 2`)];
  return [];
}
