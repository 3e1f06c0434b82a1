import type { EmbeddedLogDetail, OutageSpoolDetail } from '@app/spool';

/** What the output says of itself, as far as it keeps events on this machine. */
export interface Kept {
  readonly log?: Pick<EmbeddedLogDetail, 'directory' | 'events'>;
  readonly spool?: Pick<OutageSpoolDetail, 'directory' | 'events' | 'medium' | 'parked'>;
}

/** The last words of a gateway that was told to stop: where what it has acknowledged is. */
export function farewell({ log, spool }: Kept): string {
  const done = 'stopped, all requests are answered';
  if (log !== undefined) return `${done}; ${eventsOf(log.events)} in ${log.directory}, nothing is lost`;
  if (spool === undefined || spool.events + spool.parked === 0) return `${done}, and what was acknowledged is with the brokers`;
  const parked = spool.parked === 0 ? '' : `, and ${eventsOf(spool.parked)} parked there`;
  const fate =
    spool.medium === 'persistent'
      ? 'nothing is lost: the next start, or `inlet drain`, delivers them'
      : 'that is not a persistent volume: what becomes of it becomes of them';
  return `${done}; ${eventsOf(spool.events)} in ${spool.directory}${parked}; ${fate}`;
}

function eventsOf(count: number): string {
  return count === 1 ? '1 event is' : `${count} events are`;
}
