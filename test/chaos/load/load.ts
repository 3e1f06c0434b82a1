import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPlan, DEFAULT_PLAN, LIMITS, type LoadPlan } from './plan.ts';
import { recordOfLine, type LoadReport, type Progress, type RequestRecord } from './records.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

export interface LoadResult extends LoadReport {
  readonly plan: LoadPlan;
  readonly records: readonly RequestRecord[];
}

export type LoadOptions = Partial<LoadPlan> & { readonly url: string };

/** A generator at work in a process of its own, so that it shares neither the gateway's nor the test's event loop. */
export class Load {
  readonly plan: LoadPlan;
  progress: Progress = { offered: 0, answered: 0, acknowledged: 0, inFlight: 0, ack: '', status: 0 };
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'inlet-chaos-load-'));
  readonly #ended: Promise<LoadResult>;
  #report: LoadReport | undefined;

  private constructor(plan: LoadPlan) {
    this.plan = plan;
    const file = join(this.#folder, 'records.jsonl');
    this.#child = fork(MAIN, [JSON.stringify(plan), file], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message: { progress?: Progress; report?: LoadReport }) => {
      this.progress = message.progress ?? this.progress;
      this.#report = message.report ?? this.#report;
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => {
        if (this.#report === undefined) reject(new Error(`the generator ended with ${code}`));
        else resolve({ plan, ...this.#report, records: readFileSync(file, 'utf8').split('\n').filter(Boolean).map(recordOfLine) });
        rmSync(this.#folder, { recursive: true, force: true });
      });
    });
    this.#ended.catch(() => {});
  }

  static start(options: LoadOptions, kind: keyof typeof LIMITS = 'own'): Load {
    return new Load(checkPlan({ ...DEFAULT_PLAN, run: randomBytes(6).toString('hex'), ...options }, kind));
  }

  /** Nothing new is sent; resolves when the answers under way are there. */
  stop(): Promise<LoadResult> {
    if (this.#child.connected) this.#child.send('stop');
    return this.#ended;
  }

  /** Until it stops by itself. */
  get ended(): Promise<LoadResult> {
    return this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
