import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildRequest, fillIn, fillInEnv, goldenLine, groupByEnv, isRun, readCorpus, type CorpusCase } from '../corpus/runner.js';
import { NOW, openGateway } from './gateway.js';

const GOLDEN = join(import.meta.dirname, '../corpus/golden');
const files = readCorpus().map(({ name, cases }) => ({ name, cases: cases.filter((one) => isRun(one) && one.needs !== 'kafka') }));

/** A line for each message that comes of the cases, in their order. */
async function messagesOf(cases: readonly CorpusCase[]): Promise<string> {
  const lines = new Map<CorpusCase, string[]>();
  for (const { env, cases: group } of groupByEnv(cases)) {
    const gateway = await openGateway(fillInEnv(env));
    for (const given of group) {
      const one = fillIn(given, NOW);
      await gateway.send(buildRequest(one.request!));
      lines.set(
        given,
        gateway.taken().map((message) => goldenLine(one, message)),
      );
    }
    await gateway.close();
  }
  return cases.flatMap((given) => (lines.get(given) ?? []).map((line) => `${line}\n`)).join('');
}

// `npm run corpus:golden` writes what is found here: look at its diff before you commit it.
describe('the messages of the corpus', () => {
  it.each(files)('$name are what they were, byte for byte', async ({ name, cases }) => {
    await expect(await messagesOf(cases)).toMatchFileSnapshot(join(GOLDEN, name));
  });

  it('are of files that there are', () => {
    expect(readdirSync(GOLDEN).sort()).toEqual(files.map(({ name }) => name));
  });
});
