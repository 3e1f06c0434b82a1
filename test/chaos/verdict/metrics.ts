/** Sums of a gateway's metrics over their labels, as they are now. */
export type Metrics = ReadonlyMap<string, number>;

export async function readMetrics(url: string): Promise<Metrics> {
  const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(15_000) })).text();
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const name = /^[a-z0-9_:]+/.exec(line)?.[0];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  return sums;
}

const SUMS = [
  {
    name: 'admission',
    left: ['capture_events_received_total'],
    right: ['ingested', 'spooled', 'dropped', 'rejected'].map((what) => `capture_events_${what}_total`),
  },
  {
    name: 'spool',
    left: ['capture_spool_spooled_total', 'capture_spool_recovered_total'],
    right: [
      ...['drained', 'dead_lettered', 'expired', 'parked', 'dropped'].map((what) => `capture_spool_${what}_total`),
      'capture_spool_pending_events',
    ],
  },
];

/** Ledgers that do not balance, in words; empty when both do. They hold at rest. */
export function imbalances(metrics: Metrics): string[] {
  return SUMS.flatMap(({ name, left, right }) => {
    const [a, b] = [left, right].map((names) => names.reduce((sum, one) => sum + (metrics.get(one) ?? 0), 0)) as [number, number];
    if (a === b) return [];
    const parts = [...left, ...right].map((one) => `${one.replace(/^capture_(events_)?/, '')} ${metrics.get(one) ?? 0}`);
    return [`the ${name} ledger is off by ${a - b} (${parts.join(', ')})`];
  });
}
