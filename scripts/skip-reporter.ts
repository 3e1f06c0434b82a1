import type { Reporter, TestModule } from 'vitest/node';
import { isCI, whyAllowed } from './allowed-skip.ts';

/** Makes a CI run fail for a test that was left out, unless `test/allowed-skips.json` has it. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!isCI) return;
    for (const module of modules) {
      for (const { fullName } of module.children.allTests('skipped')) {
        if (whyAllowed(module.project.name, fullName) !== undefined) continue;
        console.error(`SKIPPED IN CI, and test/allowed-skips.json does not allow it: ${module.project.name}: ${fullName}`);
        process.exitCode = 1;
      }
    }
  }
}
