import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const INLET = join(ROOT, 'dist/src/commands/inlet.js');
const COMMANDS = ['serve', 'doctor', 'drain', 'tail', 'config'];

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH, ...env } });
  return { status, stdout, stderr };
}
const inlet = (...args: string[]) => run([INLET, ...args]);

describe('inlet', () => {
  it('lists its commands', () => {
    const { status, stdout } = inlet('--help');
    expect(status).toBe(0);
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it('asks for a command where none is given', () => {
    expect(inlet()).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage: inlet COMMAND') });
  });

  it('says its version', async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    expect(inlet('--version')).toEqual({ status: 0, stdout: `inlet ${version}\n`, stderr: '' });
  });

  it.each(COMMANDS)('%s tells its usage, options, exit codes and an example', (name) => {
    const { status, stdout, stderr } = inlet(name, '--help');
    expect([status, stderr]).toEqual([0, '']);
    for (const part of [`Usage: inlet ${name}`, 'Options:', 'Exit codes:', '  0  ', '  2  ', `Examples:\n  inlet ${name}`])
      expect(stdout).toContain(part);
    expect(inlet('help', name).stdout).toBe(stdout);
  });

  it.each([
    [['docter'], '`inlet docter` is not a command; did you mean `inlet doctor`?'],
    [['frobnicate'], '`inlet frobnicate` is not a command; there are serve, doctor, drain, tail, config'],
    [['drain', '--secnds', '5'], '--secnds is not an option of `inlet drain`; did you mean --seconds?'],
    [['tail', 'stray'], "Unexpected argument 'stray'"],
    [['tail', '--limit', 'ten'], '--limit ten: give a number of events, 1 or more'],
    [['doctor', '--skip', 'moon'], '--skip moon: there are settings, kafka, redis, disk, address'],
    [['drain', '--parked', 'eat'], '--parked eat: retry or discard'],
    [['drain'], 'KAFKA_HOSTS is not set: there is nowhere to drain to'],
  ])('%j: says what is wrong, without a stack, and ends with 2', (args, text) => {
    const { status, stdout, stderr } = inlet(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('lists every variable', () => {
    const { status, stdout } = inlet('config');
    expect(status).toBe(0);
    expect(stdout).toContain('KAFKA_HOSTS=');
  });

  it.each(['doctor', 'drain'])('answers under the name that %s had before', (name) => {
    const shim = join(ROOT, `dist/src/${name}/main.js`);
    expect(run([shim, '--help'])).toEqual(inlet(name, '--help'));
  });

  it('answers from a checkout, with nothing else on standard output', () => {
    expect(run([join(ROOT, 'scripts/inlet.mjs'), 'tail', '--help'])).toMatchObject({ status: 0, stdout: inlet('tail', '--help').stdout });
  });
});
