import {
  buildRequest,
  compareAnswer,
  fillIn,
  isRun,
  readCorpus,
  type CorpusCase,
  type WireAnswer,
  type WireRequest,
} from '../corpus/runner.js';
import { differences } from './differences.js';

export type SendTo = (which: 'url' | 'diff', request: WireRequest) => Promise<WireAnswer>;

export interface CompatResult {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** The decision by which this project answers otherwise than the reference: a difference is then to be expected. */
  readonly decision: number | undefined;
  readonly status: number | undefined;
  /** Only when two endpoints are compared. */
  readonly otherStatus: number | undefined;
  /** Empty when all is as expected. */
  readonly problems: readonly string[];
}

export interface CompatReport {
  readonly mode: 'expected' | 'diff';
  readonly results: readonly CompatResult[];
  /** Cases that this tool cannot show, by reason. */
  readonly skipped: Readonly<Record<string, readonly string[]>>;
}

export interface CompatChoice {
  readonly isDiff: boolean;
  readonly hasKafka: boolean;
  readonly only: RegExp;
  readonly token: string | undefined;
}

/** Sends the corpus, one case after the other. A case that gets no answer is a problem of its own, not the end of the run. */
export async function runCompat(send: SendTo, { isDiff, hasKafka, only, token }: CompatChoice): Promise<CompatReport> {
  const skipped: Record<string, string[]> = {};
  const results: CompatResult[] = [];
  const cases = readCorpus().flatMap((file) => file.cases);
  for (const given of cases.filter(({ id }) => only.test(id))) {
    const why = whySkipped(given, isDiff, hasKafka);
    if (why !== undefined) (skipped[why] ??= []).push(given.id);
    else results.push(await runCase(fillIn(given, Date.now(), token), send, isDiff));
  }
  return { mode: isDiff ? 'diff' : 'expected', results, skipped };
}

function whySkipped(one: CorpusCase, isDiff: boolean, hasKafka: boolean): string | undefined {
  if (!isRun(one) || one.request === undefined) return 'not shown by one request';
  // Two endpoints can be compared under settings that nobody knows.
  if (one.env !== undefined && !isDiff) return 'needs settings of its own';
  if (one.needs === 'kafka' && !isDiff && !hasKafka) return 'needs Kafka behind the endpoint (--kafka)';
  return undefined;
}

async function runCase(one: CorpusCase, send: SendTo, isDiff: boolean): Promise<CompatResult> {
  const request = buildRequest(one.request!);
  const [answer, other] = await Promise.all([attempt(send('url', request)), isDiff ? attempt(send('diff', request)) : undefined]);
  const { id, title, source, decision } = one;
  return {
    id,
    title,
    source,
    decision,
    status: typeof answer === 'string' ? undefined : answer.status,
    otherStatus: other === undefined || typeof other === 'string' ? undefined : other.status,
    problems: problemsOf(one, answer, other),
  };
}

function problemsOf(one: CorpusCase, answer: WireAnswer | string, other: WireAnswer | string | undefined): readonly string[] {
  if (typeof answer === 'string') return [answer];
  if (typeof other === 'string') return [`the other: ${other}`];
  return other === undefined ? compareAnswer(one, answer) : differences(answer, other);
}

async function attempt(answer: Promise<WireAnswer>): Promise<WireAnswer | string> {
  try {
    return await answer;
  } catch (error) {
    return `no answer: ${error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : String(error)}`;
  }
}
