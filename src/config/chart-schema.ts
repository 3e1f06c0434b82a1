import { envFields } from '@app/config';
import { CONFIG_CLASSES } from './config-classes.js';

/** What the chart decides by values of its own; given twice, one of the two would be silently lost. */
export const SET_BY_CHART: ReadonlySet<string> = new Set([
  'ADMIN_HOST',
  'ADMIN_PORT',
  'ADMIN_TOKEN',
  'CANARY_ENABLED',
  'CANARY_INTERVAL_MS',
  'CANARY_TOPIC',
  'CAPTURE_MODE',
  'DATA_DIR',
  'EMBEDDED_LOG_MAX_BYTES',
  // Of the release before: two limits would be one too many.
  'EMBEDDED_LOG_RETENTION_BYTES',
  'EXPORT_PROMETHEUS',
  'METRICS_PORT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_SAMPLING_RATE',
  'OUTPUT',
  'PORT',
  'SHUTDOWN_GRACE_MS',
  'SPOOL_DIR',
  'SPOOL_MAX_BYTES',
  'SPOOL_MEDIUM',
]);

interface ValuesSchema {
  properties: { config: object; secretEnv: object };
}

/** The chart's values.schema.json with the gateway's variables in it, so that Helm refuses a misspelt one, and a secret as a value. */
export function withSettings(schema: string): string {
  const parsed = JSON.parse(schema) as ValuesSchema;
  parsed.properties.config = namesOf(false, '#/definitions/setting');
  parsed.properties.secretEnv = namesOf(true, '#/definitions/secretKey');
  return `${JSON.stringify(parsed, null, 2)}\n`;
}

function namesOf(secret: boolean, $ref: string): object {
  const fields = CONFIG_CLASSES.flatMap((configClass) => envFields(configClass));
  const own = fields.filter((field) => field.secret === secret && !SET_BY_CHART.has(field.name));
  const properties = Object.fromEntries(own.map(({ name, meaning }) => [name, { description: meaning, allOf: [{ $ref }] }]));
  return { type: 'object', additionalProperties: false, properties };
}
