/*
 * Compiles the vector kernel (libs/vector/assembly) and writes it down as libs/vector/src/kernel.wasm.ts:
 *
 *     npm run kernel
 *
 * The result is kept in the repository, so that building and running the gateway need no further compiler; kernel.spec.ts
 * compiles it again and compares.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const KERNEL_FILE = join(ROOT, 'libs/vector/src/kernel.wasm.ts');
/** 4 MiB to begin with: tables, tape and a payload of a megabyte. It grows with a larger one. */
const OPTIONS = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--initialMemory', '64'];

/** What belongs into `KERNEL_FILE`. */
export function compileKernel(): string {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-kernel-'));
  try {
    const binary = join(folder, 'kernel.wasm');
    const compiler = fileURLToPath(import.meta.resolve('assemblyscript/asc')).replace('/dist/asc.js', '/bin/asc.js');
    execFileSync(process.execPath, [compiler, 'libs/vector/assembly/kernel.ts', ...OPTIONS, '--outFile', binary], { cwd: ROOT });
    const text = readFileSync(binary).toString('base64');
    return `/** Compiled from libs/vector/assembly by \`npm run kernel\`: WebAssembly, base64. */\nexport const KERNEL =\n  '${text}';\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(KERNEL_FILE, compileKernel());
