import { readFileSync } from 'node:fs';
import { EXIT, table, UsageError } from './command.js';
import { COMMANDS } from './commands.js';
import { fail } from '../fail.js';
import { findUp } from '../find-up.js';
import { nearest } from './nearest.js';

const HELP = `Inlet, an open capture gateway for product-analytics events.

Usage: inlet COMMAND [options]

Commands:
${table(COMMANDS.map(({ name, summary }) => [name, summary]))}

\`inlet COMMAND --help\` has the options, the exit codes and examples. \`inlet --version\` prints the version.
All commands end with 0 when they have done what was asked, with 1 when they have found or left something, with 2 when they cannot run.
`;

/** Runs what the arguments name, and ends the process unless that goes on by itself. */
export async function runInlet(args: readonly string[]): Promise<void> {
  const code = await resultOf(args);
  // What is on its way to a pipe arrives before the end.
  if (code !== undefined) process.stdout.write('', () => process.exit(code));
}

async function resultOf([name, ...args]: readonly string[]): Promise<number | undefined> {
  if (name === undefined) return complain(HELP);
  if (name === '--help' || name === '-h' || (name === 'help' && args.length === 0)) return say(HELP);
  if (name === '--version' || name === '-v') return say(`inlet ${version()}\n`);
  if (name === 'help') return resultOf([args[0], '--help']);
  const row = COMMANDS.find((one) => one.name === name);
  if (row === undefined) return complain(unknown(name));
  const command = await row.load();
  if (args.includes('--help') || args.includes('-h')) return say(command.help(name));
  try {
    return await command.run(name, args);
  } catch (error) {
    if (error instanceof UsageError) return complain(`${error.message}\n(\`inlet ${name} --help\` has the options)\n`);
    return fail(error);
  }
}

function unknown(name: string): string {
  const names = COMMANDS.map((command) => command.name);
  const near = nearest(name, names);
  const instead = near === undefined ? `there are ${names.join(', ')}` : `did you mean \`inlet ${near}\`?`;
  return `\`inlet ${name}\` is not a command; ${instead}\n(\`inlet --help\` says what each does)\n`;
}

function version(): string {
  const file = findUp('package.json', import.meta.dirname);
  return file === undefined ? '(unknown)' : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function say(text: string): number {
  process.stdout.write(text);
  return EXIT.done;
}

function complain(text: string): number {
  process.stderr.write(text);
  return EXIT.cannotRun;
}
