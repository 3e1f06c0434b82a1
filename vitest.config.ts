import { defineConfig } from 'vitest/config';

// Loading Nest and Fastify for each file is a third of what e2e took: its files share processes. What a file leaves behind
// (a timer, a spy, a setting) is the next one's, so each cleans up after itself.
const SHARED = { isolate: false };

// Real brokers and SDKs need patience when two cores are shared; a test that passes is not made slower by it.
const PATIENT = { testTimeout: 60_000, hookTimeout: 60_000 };

// Vitest leaves one core to itself, which it does not need.
const BOTH_CORES = 2;

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    setupFiles: ['reflect-metadata'],
    reporters: ['default', './scripts/skip-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          maxWorkers: BOTH_CORES,
          testTimeout: 30_000,
          include: [
            'src/**/*.spec.ts',
            'libs/**/*.spec.ts',
            'scripts/**/*.spec.ts',
            'test/services/**/*.spec.ts',
            'test/bench/**/*.spec.ts',
            'test/chaos/*/**/*.spec.ts',
            'test/sdks/wire/*.spec.ts',
            'test/hostile/*/**/*.spec.ts',
            'test/simulation/**/*.spec.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          maxWorkers: BOTH_CORES,
          ...SHARED,
          include: ['test/e2e/**/*.spec.ts'],
          setupFiles: ['reflect-metadata', './test/e2e/fresh-metrics.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], ...PATIENT, fileParallelism: false } },
      {
        extends: true,
        test: { name: 'sdks', include: ['test/sdks/*.spec.ts'], testTimeout: 120_000, hookTimeout: 60_000, fileParallelism: false },
      },
      {
        extends: true,
        test: { name: 'chart', include: ['test/chart/*.spec.ts'], globalSetup: ['test/chart/set-up.ts'], ...PATIENT },
      },
      {
        extends: true,
        test: { name: 'image', include: ['test/image/*.spec.ts'], globalSetup: ['test/image/set-up.ts'], ...PATIENT },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/cluster/*.spec.ts'],
          testTimeout: 900_000,
          hookTimeout: 600_000,
          // Each step goes on where the one before it ended.
          bail: 1,
          disableConsoleIntercept: true,
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
      {
        extends: true,
        test: {
          name: 'hostile',
          include: ['test/hostile/*.spec.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          disableConsoleIntercept: true,
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
      { extends: true, test: { name: 'chaos', include: ['test/chaos/*.spec.ts'], disableConsoleIntercept: true } },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.spec.ts'],
          ...PATIENT,
          // Each file runs gateways of its own, with topics of its own on the shared broker, and mostly waits for them.
          maxWorkers: 2,
          // A client library computes a negative timeout at times; Node complains about it on every connection.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
    ],
  },
});
