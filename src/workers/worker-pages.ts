import type { AdminPage, ProjectAnswers } from '@app/admin';
import { MetricsPage } from '@app/metrics';
import type { Page } from './conversation.js';
import { MetricsSum, type MetricsDump } from './metrics-sum.js';
import type { SupervisedWorker } from './supervised-worker.js';
import { primaryMetrics, workerMetrics } from './worker-metrics.js';
import type { WorkerPool } from './worker-pool.js';

/** What the primary answers to operators and probes, for all workers together. */
export class WorkerPages {
  readonly #sum = new MetricsSum();
  /** Of what has been complained; a scrape is every few seconds. */
  readonly #told = new Set<string>();

  constructor(
    private readonly pool: () => WorkerPool,
    private readonly warn: (message: string) => void,
  ) {
    this.metrics.renderBy(() => this.#metrics());
  }

  /** As the admin server asks. @param isOperator who may see what the workers say of themselves */
  async page(url: string, isOperator: boolean): Promise<AdminPage> {
    switch (url) {
      case '/_startup':
      case '/startupz':
        return this.#health(isOperator, () => this.pool().wasWhole);
      case '/metrics':
        return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: await this.metrics.read() };
      case '/_readiness':
      case '/readyz':
        return this.#health(isOperator, (states) => !this.pool().isStopping && states.includes(200));
      case '/_liveness':
      case '/livez':
        // Without a worker it is the pool that ends the process, or starts another.
        return this.#health(isOperator, (states) => states.length === 0 || states.some((status) => status !== undefined));
      default:
        return plain(200, 'capture');
    }
  }

  /** Every worker has its own traffic and its own copy of the rest: one of them speaks, and says who it is. */
  readonly projects: ProjectAnswers = {
    overview: () => this.#projects(),
    of: (token) => this.#projects(token),
  };

  /** Of all workers together, for whoever asks: listeners of this process, and workers whose public port is asked. */
  readonly metrics = new MetricsPage();

  async #metrics(): Promise<string> {
    await Promise.all(
      this.pool().serving.map(async (worker) => {
        const { pid, conversation } = worker;
        const dump = await conversation?.ask<MetricsDump>({ about: 'metrics' }).catch((error: Error) => this.#tell(worker, error));
        // It may have died after its answer; and one that is too slow keeps what it had said before.
        if (pid !== undefined && dump !== undefined && worker.pid === pid) this.#sum.record(pid, dump);
      }),
    );
    return this.#sum.text(workerMetrics(this.pool().workers, this.#sum), await primaryMetrics());
  }

  ended(pid: number | undefined): void {
    this.#sum.retire(pid ?? 0);
  }

  #tell({ number, pid }: SupervisedWorker, { message }: Error): undefined {
    const text = `worker ${number} (pid ${pid}) does not give its metrics, the last ones are shown: ${message}`;
    if (!this.#told.has(text)) this.warn(text);
    this.#told.add(text);
  }

  async #projects(token?: string): Promise<unknown> {
    const [worker] = this.pool().serving;
    const answer = await worker?.conversation?.ask<object>({ about: 'projects', ...(token !== undefined && { token }) });
    return { worker: worker?.number, ...answer };
  }

  /** @param isWell judges by what the serving workers' own readiness says: a status each, undefined for no answer */
  async #health(isOperator: boolean, isWell: (states: readonly (number | undefined)[]) => boolean): Promise<Page> {
    const states = await Promise.all(this.pool().serving.map(readiness));
    const answers = new Map(states.map(({ number, page }) => [number, page]));
    const workers = this.pool().workers.map(({ number, pid, url, restarts }) => {
      const page = answers.get(number);
      const state = url === undefined ? 'not serving' : page === undefined ? 'no answer' : page.status === 200 ? 'up' : 'down';
      return {
        worker: number,
        pid,
        state,
        restarts,
        ...(isOperator && { detail: page && (JSON.parse(page.body) as { details?: unknown }).details }),
      };
    });
    const isUp = isWell(states.map(({ page }) => page?.status));
    const body = { status: isUp ? 'ok' : 'error', shuttingDown: this.pool().isStopping, workers };
    return { status: isUp ? 200 : 503, contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
  }
}

async function readiness({ number, conversation }: SupervisedWorker): Promise<{ number: number; page: Page | undefined }> {
  return { number, page: await conversation?.ask<Page>({ about: 'page', url: '/_readiness' }).catch(() => undefined) };
}

function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
