import { SharedLimits } from '@app/event';
import { Logger } from '@nestjs/common';
import { ReplayProcess } from '../../src/replay-process/replay-process.js';
import { openGateway } from '../e2e/gateway.js';

/** Functions, operators and keywords of PromQL that stand where a metric could. */
const NO_METRICS = new Set(
  'and or unless on ignoring group_left group_right by without sum max min avg count bool offset rate increase changes absent vector histogram_quantile deriv max_over_time resets'.split(
    ' ',
  ),
);

/** Every `expr` in a dashboard. */
export function expressions(dashboard: { panels: { targets?: { expr: string }[] }[] }): string[] {
  return dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

/** Names of metrics in an expression: what is left when labels, ranges, strings and PromQL's own words are taken away. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replace(/\boffset\s+\w+/g, ' ');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*/g)].map(([name]) => name).filter((name) => !NO_METRICS.has(name));
}

let known: Promise<ReadonlySet<string>> | undefined;

/** What a gateway exports, by its own word, with a process of recordings; of histograms also their series. */
export function knownMetrics(): Promise<ReadonlySet<string>> {
  known ??= readMetrics();
  return known;
}

async function readMetrics(): Promise<ReadonlySet<string>> {
  const gateway = await openGateway();
  const { body } = await gateway.app.inject({ method: 'GET', url: '/metrics' });
  await gateway.close();
  const types = [...(body + (await metricsOfReplay())).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name, type]) => (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name])),
  );
}

/** Told by one that nobody has asked for yet, too. */
function metricsOfReplay(): Promise<string> {
  const start = () => {
    throw new Error('nobody records');
  };
  return new ReplayProcess({
    start,
    limits: new SharedLimits(),
    logger: new Logger(),
    patienceMs: 0,
    memoryLimit: () => Infinity,
    unreadLimit: Infinity,
  }).metricsText();
}
