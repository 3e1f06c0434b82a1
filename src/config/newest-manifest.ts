import type { Environment } from '@app/config';
import { isNewestManifest, POSTHOG_NAMES, type Form } from './posthog-names.js';

/** The one connection that outputs can name. */
const PRODUCER = 'INGESTION';

const BROKERS = 'KAFKA_INGESTION_PRODUCER_METADATA_BROKER_LIST';

/** Where the newest capture sends to when nobody says. */
const DEFAULT_BROKER = 'kafka:9092';

export interface Translation {
  /** What was given, with settings of ours for theirs. */
  readonly env: Environment;
  /** Of a setting that stands for one of theirs, what the operator has set. */
  readonly origin: ReadonlyMap<string, string>;
  /** `<theirs> as <ours>`, for the log. */
  readonly understood: readonly string[];
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Reads the newest capture's variables as settings of ours. A setting of ours that is given goes before them, as it did when they
 * were not understood.
 *
 * @param given no empty values
 */
export function translated(given: Environment, known: readonly string[]): Translation {
  const env: Record<string, string | undefined> = { ...given };
  const origin = new Map<string, string>();
  const understood: string[] = [];
  const warnings: string[] = [];
  const problems: string[] = [];
  for (const { name, as, form } of POSTHOG_NAMES) {
    const value = given[name];
    if (value === undefined || known.includes(name)) continue;
    if (form === 'producer') {
      if (value.trim() === PRODUCER) understood.push(name);
      else problems.push(`${name}=${value}: it must be ${PRODUCER}, as there is one connection to Kafka`);
    }
    if (as === undefined || !known.includes(as)) continue;
    const ours = valueOf(value, form);
    if (ours === undefined) problems.push(`${name}=${value}: ${allowed(form)}`);
    else if (env[as] === undefined) {
      env[as] = ours;
      origin.set(as, name);
      understood.push(`${name} as ${as}`);
    } else if (env[as] !== ours) warnings.push(`${name} is ignored: ${origin.get(as) ?? as} goes before it, and has another value`);
    else understood.push(`${name} as ${as}`);
  }
  if (isNewestManifest(given) && env.KAFKA_HOSTS === undefined && env.OUTPUT !== 'embedded') {
    env.KAFKA_HOSTS = DEFAULT_BROKER;
    warnings.push(`${BROKERS} is not set: events go to ${DEFAULT_BROKER}, its default (OUTPUT=embedded keeps them on this disk)`);
  }
  return { env, origin, understood, warnings, problems };
}

/** Undefined where it is none of theirs; what we refuse ourselves stays as it is. */
function valueOf(value: string, form: Form | undefined): string | undefined {
  switch (form) {
    case 'brokers':
      return value
        .split(',')
        .map((broker) => broker.trim())
        .filter((broker) => broker !== '')
        .map((broker) => (/:\d+$/.test(broker) ? broker : `${broker}:9092`))
        .join(',');
    case 'protocol':
      return { plaintext: 'false', sasl_plaintext: 'false', ssl: 'true', sasl_ssl: 'true' }[value.trim().toLowerCase()];
    case 'inverted':
      return { true: 'false', false: 'true' }[value.trim().toLowerCase()];
    case 'kib':
      return /^\d{1,12}$/.test(value.trim()) ? String(Math.ceil(Number(value) / 1024)) : undefined;
    case 'producer':
    case undefined:
      return value;
  }
}

function allowed(form: Form | undefined): string {
  if (form === 'protocol') return 'it must be plaintext, ssl, sasl_plaintext or sasl_ssl';
  return form === 'kib' ? 'it must be a number of KiB' : 'it must be true or false';
}
