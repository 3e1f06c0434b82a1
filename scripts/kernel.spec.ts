import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileKernel, KERNEL_FILE } from './kernel.ts';

it('the kernel in the repository is what its source compiles to (npm run kernel)', () => {
  expect(readFileSync(KERNEL_FILE, 'utf8')).toBe(compileKernel());
});
