import { environment } from '../config/environment.js';
import { SUBJECTS, type Finding, type Subject } from '../doctor/finding.js';
import { defineCommand, EXIT, UsageError } from './command.js';

const SIGNS = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' } as const;

export const doctorCommand = defineCommand({
  about: 'Checks everything around the gateway, with its own settings, before it starts. Each fault is a sentence with its remedy.',
  options: {
    json: { type: 'boolean', default: false, help: 'print one JSON object: { ok, findings }' },
    strict: { type: 'boolean', default: false, help: 'a warning counts as a fault' },
    skip: { type: 'string', default: '', value: 'SUBJECTS', help: `leave subjects out: ${SUBJECTS.join(',')}` },
    'forwarded-for': { type: 'string', value: 'LIST', help: "an X-Forwarded-For, such as 'client, proxy': which address is the client's?" },
    peer: { type: 'string', value: 'ADDRESS', help: 'the address that this header comes from' },
  },
  exits: { 0: 'no fault', 1: 'a fault; with --strict also a warning', 2: 'it cannot run' },
  examples: ['doctor', 'doctor --json --strict', "doctor --forwarded-for '198.51.100.9, 10.2.0.4' --peer 10.2.0.9"],
  async run({ json, strict, skip: skipped, 'forwarded-for': forwardedFor, peer }) {
    const skip = skipped.split(',').filter((word) => word !== '');
    const unknown = skip.find((word) => !SUBJECTS.includes(word as Subject));
    if (unknown !== undefined) throw new UsageError(`--skip ${unknown}: there are ${SUBJECTS.join(', ')}`);
    const [{ examine }, { SAMPLE }] = await Promise.all([import('../doctor/examine.js'), import('../doctor/check-address.js')]);
    const sample = { forwardedFor: forwardedFor ?? SAMPLE.forwardedFor, peer: peer ?? SAMPLE.peer };
    const findings = await examine(environment, { skip: skip as Subject[], sample });
    const isWell = !findings.some(({ severity }) => severity === 'fault' || (strict && severity === 'warning'));
    process.stdout.write(json ? `${JSON.stringify({ ok: isWell, findings }, undefined, 2)}\n` : findings.map(lineOf).join(''));
    return isWell ? EXIT.done : EXIT.left;
  },
});

function lineOf({ subject, severity, text }: Finding): string {
  return `${SIGNS[severity]} ${subject.padEnd(8)} ${text}\n`;
}
