import { parseArgs } from 'node:util';

export interface CompatOptions {
  /** Capture endpoint, with the path it is offered under, if any. */
  readonly url: URL;
  /** A second one, to compare the first with. */
  readonly diff: URL | undefined;
  /** Whether Kafka with its usual limit of 1 MB a message stands behind the endpoint. */
  readonly hasKafka: boolean;
  /** The report as JSON instead of text. */
  readonly json: boolean;
  /** Only cases whose id matches. */
  readonly only: RegExp;
  /** A project's key for all cases, where each having its own would be refused. */
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

export const USAGE = `Sends every request of the corpus to a capture endpoint and holds its answers against what is expected.
It produces events: use a project made for that.

  npm run compat -- --url http://host[:port][/prefix] [--diff http://other] [--kafka] [--json] [--only REGEX] [--token KEY] [--timeout MS]

  --url      the endpoint
  --diff     another one: compares the two with each other, instead of with the corpus
  --kafka    also what only an endpoint with Kafka behind it shows: messages beyond 1 MB
  --json     the report as JSON
  --only     cases by id: --only '^B'
  --token    one project key for all cases, for an endpoint that checks keys
  --timeout  how long an answer may take, milliseconds (10000)

Exit code: 0 all as expected (or both alike), 1 differences, 2 the tool could not run.`;

/** @throws Error whose message is for the user */
export function readOptions(args: readonly string[]): CompatOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      diff: { type: 'string' },
      kafka: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      token: { type: 'string' },
      timeout: { type: 'string', default: '10000' },
    },
  });
  if (values.url === undefined) throw new Error('--url is needed');
  if (!/^\d+$/.test(values.timeout)) throw new Error('--timeout must be milliseconds');
  return {
    url: endpoint(values.url),
    diff: values.diff === undefined ? undefined : endpoint(values.diff),
    hasKafka: values.kafka,
    json: values.json,
    only: new RegExp(values.only),
    token: values.token,
    timeoutMs: Number(values.timeout),
  };
}

function endpoint(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`${text} is no http(s) URL`);
  return url;
}
