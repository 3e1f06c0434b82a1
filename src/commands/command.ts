import { parseArgs } from 'node:util';
import { nearest } from './nearest.js';

/** What a command's exit code says, the same for all: it did what was asked, it found or left something, it could not run. */
export const EXIT = { done: 0, left: 1, cannotRun: 2 } as const;

export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly default?: boolean | string;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly help: string;
}

type Options = Readonly<Record<string, CommandOption>>;
type ValueOf<O extends CommandOption> = O['type'] extends 'boolean' ? boolean : string;
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends { readonly default: boolean | string } ? ValueOf<O[K]> : ValueOf<O[K]> | undefined;
};

export interface CommandSpec<O extends Options> {
  /** What it does, for its `--help`: a few sentences. */
  readonly about: string;
  readonly options: O;
  /** What each exit code means here. */
  readonly exits: Readonly<Partial<Record<0 | 1 | 2, string>>>;
  /** Without `inlet` in front. */
  readonly examples: readonly string[];
  /** @returns the exit code; undefined when the process goes on by itself */
  run(values: Values<O>): Promise<number | undefined>;
}

export interface Command {
  help(name: string): string;
  /** @throws UsageError for arguments that it does not understand */
  run(name: string, args: readonly string[]): Promise<number | undefined>;
}

/** What was wrong with a command line, for its author: one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  return {
    help: (name) => helpOf(name, spec),
    run: async (name, args) => spec.run(valuesOf(name, args, spec.options) as Values<O>),
  };
}

function valuesOf(name: string, args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const [, unknown] = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? (/'(-[^']*)'/.exec(message) ?? []) : [];
    if (unknown === undefined) throw new UsageError(message);
    const near = nearest(
      unknown,
      ['help', ...Object.keys(options)].map((option) => `--${option}`),
    );
    throw new UsageError(`${unknown} is not an option of \`inlet ${name}\`${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
}

function helpOf(name: string, { about, options, exits, examples }: CommandSpec<Options>): string {
  const rows = Object.entries(options).map(([option, { short, value, help, default: given }]): Row => {
    const flag = `--${option}${value === undefined ? '' : ` ${value}`}`;
    return [
      `${short === undefined ? '   ' : `-${short},`} ${flag}`,
      typeof given === 'string' && given !== '' ? `${help} (default: ${given})` : help,
    ];
  });
  const blocks = [
    about,
    `Usage: inlet ${name}${rows.length > 0 ? ' [options]' : ''}`,
    `Options:\n${table([...rows, ['-h, --help', 'show this']])}`,
    `Exit codes:\n${table(Object.entries(exits))}`,
    `Examples:\n${examples.map((example) => `  inlet ${example}`).join('\n')}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

type Row = readonly [name: string, text: string];

/** Two columns. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
