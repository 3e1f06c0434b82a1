import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { eventBody } from './event-body.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadReport, Progress, RequestRecord } from './records.ts';

const TICK_MS = 4;
/** After the last request was due, how long the queues may take to empty. */
const TAIL_MS = 30_000;

interface Due {
  readonly key: number;
  readonly sequence: number;
  readonly due: number;
}

interface Answer {
  readonly status: number;
  readonly ack: string;
  readonly detail: string;
}

const now = (): number => performance.timeOrigin + performance.now();

/**
 * Sends at a fixed rate, whatever the answers (an open loop: a generator that waits would hide every stall). Only
 * requests of one key follow each other; their time counts from when they were due.
 */
export class Generator {
  readonly records: RequestRecord[] = [];
  readonly #plan: LoadPlan;
  readonly #queues = new Map<number, Due[]>();
  readonly #sequences = new Map<number, number>();
  readonly #agent;
  #offered = 0;
  #acknowledged = 0;
  #waiting = 0;
  #inFlight = 0;
  #peakInFlight = 0;
  #ack = '';
  #status = 0;
  #stopped = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    const options = { keepAlive: true, maxSockets: Math.min(plan.keys, 512), scheduling: 'lifo' as const };
    this.#agent = plan.url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  get progress(): Progress {
    return {
      offered: this.#offered,
      answered: this.records.length,
      acknowledged: this.#acknowledged,
      inFlight: this.#inFlight,
      ack: this.#ack,
      status: this.#status,
    };
  }

  stop(): void {
    this.#stopped = true;
  }

  async run(): Promise<LoadReport> {
    const { rate, keys, maxSeconds, eventsPerRequest } = this.#plan;
    const began = now();
    for (let i = 0; !this.#stopped && now() - began < maxSeconds * 1000; i++) {
      const due = began + (i * 1000) / rate;
      while (due > now() && !this.#stopped) await sleep(Math.min(TICK_MS, Math.max(0, due - now())));
      if (!this.#stopped) this.#offer(i % keys, due);
    }
    const end = now() + TAIL_MS;
    while (this.#waiting > 0 && now() < end) await sleep(TICK_MS);
    this.#agent.destroy();
    return { offered: this.#offered * eventsPerRequest, peakInFlight: this.#peakInFlight * eventsPerRequest };
  }

  #offer(key: number, due: number): void {
    const sequence = this.#sequences.get(key) ?? this.#plan.firstSequence;
    this.#sequences.set(key, sequence + this.#plan.eventsPerRequest);
    this.#offered++;
    this.#waiting++;
    const queue = this.#queues.get(key);
    if (queue !== undefined) queue.push({ key, sequence, due });
    else {
      this.#queues.set(key, [{ key, sequence, due }]);
      void this.#work(key);
    }
  }

  async #work(key: number): Promise<void> {
    const queue = this.#queues.get(key)!;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.#inFlight++;
      this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
      const answer = await this.#send(next).catch((error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
      this.#inFlight--;
      this.#waiting--;
      this.#note(next, answer);
    }
    this.#queues.delete(key);
  }

  #note({ key, sequence, due }: Due, answer: Answer): void {
    this.records.push({ key, sequence, events: this.#plan.eventsPerRequest, ...answer, due, ms: now() - due });
    this.#status = answer.status;
    if (answer.status !== 200) return;
    this.#acknowledged++;
    this.#ack = answer.ack;
  }

  #send({ key, sequence }: Due): Promise<Answer> {
    const { path, body } = eventBody(this.#plan, key, sequence);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = this.#plan.url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sending = request(`${this.#plan.url}${path}`, { method: 'POST', agent: this.#agent, headers }, (response) => {
        answerOf(response).then(resolve, reject);
      });
      const timer = setTimeout(() => sending.destroy(new Error('timeout')), this.#plan.timeoutMs);
      sending.once('close', () => clearTimeout(timer));
      sending.once('error', reject);
      sending.end(body);
    });
  }
}

/** An event dropped from a batch was answered with 200 all the same: that is not an acknowledgement of the batch. */
async function answerOf(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  const { statusCode: status = 0, headers } = response;
  if (status === 200 && text.includes('"dropped"')) return failed('dropped');
  if (status === 200 && text.includes('"quota_limited"')) return failed('quota_limited');
  return { status, ack: String(headers['inlet-ack'] ?? ''), detail: headers['retry-after'] ?? '' };
}

function failed(detail: string): Answer {
  return { status: 0, ack: '', detail };
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
