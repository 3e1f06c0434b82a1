#!/usr/bin/env node
import { runInlet } from './run-inlet.js';

await runInlet(process.argv.slice(2));
