import { describe, expect, it } from 'vitest';
import type { SupervisedWorker } from './supervised-worker.js';
import { WorkerPages } from './worker-pages.js';
import type { WorkerPool } from './worker-pool.js';

type State = 200 | 503 | 'silent' | 'not serving';

function aWorker(state: State, number: number): SupervisedWorker {
  const ask = async () => {
    if (state === 'silent') throw new Error('no answer within 2 s');
    return { status: state, contentType: 'application/json', body: JSON.stringify({ status: 'x', details: { secret: number } }) };
  };
  const url = state === 'not serving' ? undefined : `http://127.0.0.1:${number}`;
  return { number, pid: 100 + number, url, restarts: 0, conversation: { ask } } as unknown as SupervisedWorker;
}

function pagesOf(states: readonly State[], { isStopping = false, wasWhole = true } = {}): WorkerPages {
  const workers = states.map((state, i) => aWorker(state, i + 1));
  const serving = workers.filter(({ url }) => url !== undefined);
  const pool = { workers, serving, isStopping, wasWhole } as unknown as WorkerPool;
  return new WorkerPages(
    () => pool,
    () => {},
  );
}

const statusOf = async (path: string, states: readonly State[], pool = {}) => (await pagesOf(states, pool).page(path, false)).status;

describe('WorkerPages', () => {
  it.each<[State[], number]>([
    [[200, 200], 200],
    [[200, 503], 200],
    [[200, 'silent'], 200],
    [['silent', 200], 200],
    [['not serving', 200], 200],
    [[503, 503], 503],
    [[503, 'silent'], 503],
    [['silent', 'silent'], 503],
    [['not serving', 'not serving'], 503],
  ])('are ready with one worker that is: %j is %d', async (states, status) => {
    expect(await statusOf('/_readiness', states)).toBe(status);
    expect(await statusOf('/readyz', states)).toBe(status);
  });

  it('are not ready while the pool stops', async () => {
    expect(await statusOf('/_readiness', [200, 200], { isStopping: true })).toBe(503);
  });

  it.each<[State[], number]>([
    [[200, 'silent'], 200],
    [[503, 'silent'], 200],
    [['silent', 'silent'], 503],
    [['not serving', 'not serving'], 200],
    [[], 200],
  ])('are alive while one worker that serves answers, or none serves: %j is %d', async (states, status) => {
    expect(await statusOf('/_liveness', states)).toBe(status);
    expect(await statusOf('/livez', states)).toBe(status);
  });

  it('have started once all workers served', async () => {
    expect(await statusOf('/_startup', [200, 200], { wasWhole: true })).toBe(200);
    expect(await statusOf('/startupz', ['not serving', 200], { wasWhole: false })).toBe(503);
  });

  it('say who is how, and the rest to operators alone', async () => {
    const read = async (isOperator: boolean) =>
      JSON.parse(String((await pagesOf([200, 503, 'silent', 'not serving']).page('/_readiness', isOperator)).body)) as {
        workers: object[];
      };
    expect((await read(false)).workers).toEqual(
      ['up', 'down', 'no answer', 'not serving'].map((state, i) => ({ worker: i + 1, pid: 101 + i, state, restarts: 0 })),
    );
    expect((await read(true)).workers[0]).toMatchObject({ detail: { secret: 1 } });
  });
});
