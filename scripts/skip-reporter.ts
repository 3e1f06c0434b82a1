import type { Reporter, TestModule } from 'vitest/node';
import { isCI, whyAllowed } from './allowed-skip.ts';

/** Fails a CI run in which a test was skipped, unless `test/allowed-skips.json` allows it. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!isCI()) return;
    for (const module of modules) {
      for (const { fullName } of module.children.allTests('skipped')) {
        if (whyAllowed(module.project.name, fullName) !== undefined) continue;
        console.error(`SKIPPED in CI, which test/allowed-skips.json does not allow: ${module.project.name}: ${fullName}`);
        process.exitCode = 1;
      }
    }
  }
}
