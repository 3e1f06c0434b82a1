import type { Environment } from '@app/config';
import { ConfigError, loadConfig, type Config } from '../config/load-config.js';
import { checkAddress, SAMPLE, type SampleRequest } from './check-address.js';
import { checkDisk } from './check-disk.js';
import { checkKafka } from './check-kafka.js';
import { checkRedis } from './check-redis.js';
import { about, type Finding, type Subject } from './finding.js';

export interface ExamineOptions {
  readonly skip?: readonly Subject[];
  readonly sample?: SampleRequest;
}

/** Looks at everything that a gateway with this environment would depend on. Changes nothing. */
export async function examine(env: Environment, { skip = [], sample = SAMPLE }: ExamineOptions = {}): Promise<Finding[]> {
  const { ok, warning, fault } = about('settings');
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [fault(error.message)];
  }
  const settings = [
    ok('the settings are valid'),
    ...(config.understood.length > 0 ? [ok(`understood: ${config.understood.join(', ')}`)] : []),
    ...config.warnings.map((sentence) => warning(sentence)),
  ];
  const checks: Record<Subject, () => Finding[] | Promise<Finding[]>> = {
    settings: () => settings,
    kafka: () => checkKafka(config),
    redis: () => checkRedis(config),
    disk: () => checkDisk(config),
    address: () => checkAddress(config, sample),
  };
  const chosen = (Object.keys(checks) as Subject[]).filter((subject) => !skip.includes(subject));
  return (await Promise.all(chosen.map(async (subject) => checks[subject]()))).flat();
}
