import { expect, it } from 'vitest';
import { loadConfig, type Config } from './load-config.js';
import { tellSettings } from './tell-settings.js';

function lines(settings: Pick<Config, 'understood' | 'warnings'>, { get } = loadConfig({})): string[] {
  const said: string[] = [];
  const at = (level: string) => (message: string) => said.push(`${level}: ${message}`);
  tellSettings({ ...settings, get }, { log: at('info'), warn: at('warn'), error: at('error') });
  return said;
}

it('names in one line what was understood, and each warning in one of its own', () => {
  expect(lines({ understood: ['A as B', 'C as D'], warnings: ['E is set', 'F is set'] })).toEqual([
    'info: the environment is that of the newest capture, understood: A as B, C as D',
    'warn: E is set',
    'warn: F is set',
  ]);
});

it('says nothing where there is nothing to say', () => {
  expect(lines({ understood: [], warnings: [] })).toEqual([]);
});

it('says how AI events get a lane of their own where nobody has decided', () => {
  const nothing = { understood: [], warnings: [] };
  expect(lines(nothing, loadConfig({ KAFKA_HOSTS: 'a:9092' }))).toEqual([expect.stringContaining('CAPTURE_AI_LANE=on')]);
  expect(lines(nothing, loadConfig({ KAFKA_HOSTS: 'a:9092', CAPTURE_AI_LANE: 'off' }))).toEqual([]);
});
