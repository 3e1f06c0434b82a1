import { expect, it } from 'vitest';
import { ManualClock } from '@app/testing';
import type { SourcesHealth } from './sources-health.js';
import { Startup, STARTUP_PATIENCE_MS } from './startup.js';

const given = (waiting: string[], areSourcesSettled: boolean) => {
  const clock = new ManualClock();
  const state = { waiting, areSourcesSettled };
  const output = { detail: () => ({}), isBroken: () => false, troubles: () => [], unsettled: () => state.waiting };
  const startup = new Startup(clock, output, { isSettled: () => state.areSourcesSettled } as SourcesHealth);
  clock.advance(1000);
  startup.onApplicationBootstrap();
  return { clock, state, startup };
};

it('waits for what is not known yet, by name', () => {
  expect(given(['brokers'], false).startup.waitsFor()).toEqual(['brokers', 'projects and limits']);
});

it('is over when all is known, for ever', () => {
  const { startup, state } = given([], true);
  expect(startup.waitsFor()).toEqual([]);
  state.waiting = ['brokers'];
  expect(startup.waitsFor()).toEqual([]);
});

it('never waits long for what is away', () => {
  const { startup, clock } = given(['brokers'], true);
  clock.advance(STARTUP_PATIENCE_MS - 1);
  expect(startup.waitsFor()).toEqual(['brokers']);
  clock.advance(1);
  expect(startup.waitsFor()).toEqual([]);
});
