import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HOSTS } from './broker.ts';
import { FOLDER } from './commands.ts';
import { STORAGE_CLASS } from './volumes.ts';

export const TOPIC = 'events';
export const DEAD_LETTERS = 'dead-letters';
export const TOPICS = [TOPIC, DEAD_LETTERS];
const ROUTES = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_REPLAY', '_REPLAY_OVERFLOW'];

/** The chart's defaults, as far as two cores and a disk of folders allow. @returns the file */
export function writeValues(): string {
  const [repository, tag] = (process.env.TEST_CLUSTER_IMAGE ?? '').split(':');
  const topics = Object.fromEntries(ROUTES.map((route) => [`KAFKA${route}_TOPIC`, TOPIC]));
  const values = {
    image: { repository, tag, pullPolicy: 'Never' },
    config: { KAFKA_HOSTS: HOSTS, KAFKA_DLQ_TOPIC: DEAD_LETTERS, ...topics },
    spool: { maxGiB: 1, storageClassName: STORAGE_CLASS },
    resources: { requests: { cpu: '50m', memory: '256Mi' }, limits: { memory: '768Mi' } },
    service: { type: 'NodePort' },
    doctor: { enabled: true },
  };
  const file = join(FOLDER, 'values.yaml');
  writeFileSync(file, stringify(values));
  return file;
}
