import type { CircuitState, KafkaHealthReport } from '@app/kafka';
import type { OutageSpoolDetail } from '@app/spool';

/** Why events do not go straight to Kafka, or could not be kept if they had to. */
export function kafkaTroubles(
  { reachable, brokers }: Pick<KafkaHealthReport, 'reachable' | 'brokers'>,
  circuits: readonly Pick<CircuitState, 'isOpen'>[],
  spool: Pick<OutageSpoolDetail, 'medium' | 'isOpen' | 'events' | 'bytes' | 'maxBytes'>,
): string[] {
  const open = circuits.filter(({ isOpen }) => isOpen).length;
  const away = brokers.filter((broker) => !broker.reachable).length;
  return [
    !reachable && 'no broker answers',
    reachable && away > 0 && `${away} of ${brokers.length} brokers do not answer`,
    open > 0 && `${open} circuits are open`,
    spool.medium !== 'off' && !spool.isOpen && 'the spool cannot be used: events that brokers do not take are refused',
    spool.isOpen && spool.bytes >= spool.maxBytes && 'the spool is full',
    spool.events > 0 && `${spool.events} events wait in the spool`,
  ].filter((trouble) => trouble !== false);
}
