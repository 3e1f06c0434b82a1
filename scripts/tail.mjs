// `npm run tail`: prints the embedded log's events as JSON lines. The logic is libs/spool/src/tail-main.ts.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/libs/spool/src/tail-main.js', import.meta.url);

if (existsSync(fileURLToPath(built))) {
  const { tailMain } = await import(built.href);
  process.exitCode = await tailMain(process.argv.slice(2), process.env);
} else {
  console.error('nothing is built yet: run `npm run build` (or `npm start`, which does) first');
  process.exitCode = 2;
}
