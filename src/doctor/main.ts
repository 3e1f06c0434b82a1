import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { environment } from '../config/environment.js';
import { SAMPLE } from './check-address.js';
import { examine } from './examine.js';
import { SUBJECTS, type Finding, type Subject } from './finding.js';

const USAGE = `npm run doctor -- [--json] [--strict] [--skip ${SUBJECTS.join(',')}] [--forwarded-for 'client, proxy'] [--peer address]`;
const SIGNS = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' } as const;

// Exit code 0: go on. 1: a fault (with --strict: or a warning). 2: it was asked wrongly.
async function main(): Promise<number> {
  const options = parse();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`);
    return 2;
  }
  const findings = await examine(environment, options);
  const isWell = !findings.some(({ severity }) => severity === 'fault' || (options.strict && severity === 'warning'));
  process.stdout.write(options.json ? `${JSON.stringify({ ok: isWell, findings }, undefined, 2)}\n` : findings.map(lineOf).join(''));
  return isWell ? 0 : 1;
}

function lineOf({ subject, severity, text }: Finding): string {
  return `${SIGNS[severity]} ${subject.padEnd(8)} ${text}\n`;
}

function parse() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        skip: { type: 'string', default: '' },
        'forwarded-for': { type: 'string', default: SAMPLE.forwardedFor },
        peer: { type: 'string', default: SAMPLE.peer },
      },
    });
    const skip = values.skip.split(',').filter((word) => word !== '');
    const unknown = skip.find((word) => !SUBJECTS.includes(word as Subject));
    if (unknown !== undefined) return `--skip ${unknown}: there are ${SUBJECTS.join(', ')}`;
    const sample = { forwardedFor: values['forwarded-for'], peer: values.peer };
    return { json: values.json, strict: values.strict, skip: skip as Subject[], sample };
  } catch (error) {
    return (error as Error).message;
  }
}

process.exitCode = await main();
