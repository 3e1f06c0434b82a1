// The generator's process: told its plan and where to write by its arguments, and to stop by its parent.
import { writeFileSync } from 'node:fs';
import { Generator } from './generator.ts';
import type { LoadPlan } from './plan.ts';
import { recordToLine } from './records.ts';

const PROGRESS_MS = 100;

const [planText = '{}', file = ''] = process.argv.slice(2);
const generator = new Generator(JSON.parse(planText) as LoadPlan);
process.on('message', () => generator.stop());
// It must not go on when whoever reads the results is gone.
process.on('disconnect', () => process.exit(1));
const timer = setInterval(() => process.send?.({ progress: generator.progress }), PROGRESS_MS);
const report = await generator.run();
clearInterval(timer);
writeFileSync(file, generator.records.map((record) => `${recordToLine(record)}\n`).join(''));
process.send?.({ report }, () => process.disconnect?.());
