// `npm run compat`: the corpus against any capture endpoint, or two endpoints against each other.
import { runCompat } from './compat-run.js';
import { readOptions, USAGE, type CompatOptions } from './options.js';
import { exitCodeOf, reportText } from './report.js';
import { closeConnections, send } from './send.js';

const CANNOT_RUN = 2;

function optionsOrExit(): CompatOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(CANNOT_RUN);
  }
}

const { url, diff, hasKafka, json, only, token, timeoutMs } = optionsOrExit();
const report = await runCompat((which, request) => send(which === 'url' ? url : diff!, request, timeoutMs), {
  isDiff: diff !== undefined,
  hasKafka,
  only,
  token,
});
closeConnections();
console.log(json ? JSON.stringify({ url: url.href, diff: diff?.href, ...report }, null, 2) : reportText(report, url, diff));
const isDeaf = report.results.length === 0 || report.results.every(({ status }) => status === undefined);
process.exitCode = isDeaf ? CANNOT_RUN : exitCodeOf(report);
