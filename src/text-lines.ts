import { styleText } from 'node:util';
import type { DestinationStream } from 'pino';

interface Line {
  readonly level: number;
  readonly time: string;
  readonly context?: string;
  readonly msg: string;
  readonly stack?: string;
}

/** Colours by pino's levels, from the most severe one. */
const LEVELS = [
  [50, 'ERROR', 'red'],
  [40, 'WARN', 'yellow'],
  [30, 'info', 'green'],
  [0, 'debug', 'gray'],
] as const;

/** Log lines for a person at a terminal: the time of day, the level, who says it, and what. Colours where `to` has them. */
export function textLines(to: NodeJS.WriteStream): DestinationStream {
  return { write: (json) => void to.write(textOf(JSON.parse(json) as Line, to)) };
}

function textOf({ level, time, context, msg, stack }: Line, stream: NodeJS.WriteStream): string {
  const [, name, colour] = LEVELS.find(([least]) => level >= least) ?? LEVELS[3];
  const clock = new Date(time).toTimeString().slice(0, 8);
  const paint = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream });
  const who = context === undefined ? '' : `${context}: `;
  return `${paint('gray', clock)} ${paint(colour, name.padEnd(5))} ${who}${msg}${stack === undefined ? '' : `\n${stack}`}\n`;
}
