import type { LoggerService } from '@nestjs/common';
import { textLines } from './text-lines.js';
import type { GatewayConfig } from './config/gateway.config.js';
import { pino, type DestinationStream, type Level, type LevelWithSilent, type Logger } from 'pino';

/** Nest's own account of its start: thirty lines that nobody reads unless something is wrong. */
const CHATTY = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** What stops a boot is thrown as well, and told once, by `fail`. */
const BOOT_FAILURE = new Set<unknown>(['ExceptionHandler', 'NestApplication']);

/** Whether log lines are for a person. */
export function isText({ logFormat }: Pick<GatewayConfig, 'logFormat'>, stream: NodeJS.WriteStream = process.stdout): boolean {
  return logFormat === 'text' || (logFormat === 'auto' && stream.isTTY);
}

/** The gateway's logger, as its settings want it. @param to 2 for a program whose answer is on standard output */
export function newLogger(config: Pick<GatewayConfig, 'logLevel' | 'logFormat'>, to: 1 | 2 = 1): PinoLogger {
  const stream = to === 1 ? process.stdout : process.stderr;
  return new PinoLogger(config.logLevel, isText(config, stream) ? textLines(stream) : to);
}

/** Nest's messages as JSON lines. State changes are logged, requests are not; tokens, bodies and addresses never. */
export class PinoLogger implements LoggerService {
  /** What else a line says: of the request that it is written for. */
  correlate: (() => object | undefined) | undefined;
  private readonly pino: Logger;

  /** @param to where lines go */
  constructor(level: LevelWithSilent, to: 1 | 2 | DestinationStream = 1) {
    const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
    this.pino = pino(options, typeof to === 'number' ? pino.destination({ fd: to, sync: true }) : to);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(CHATTY.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write(BOOT_FAILURE.has(rest.at(-1)) ? 'debug' : 'error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest puts the context last, and a stack before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const text =
      message instanceof Error ? (message.stack ?? message.message) : typeof message === 'string' ? message : JSON.stringify(message);
    this.pino[level]({ context, ...this.correlate?.(), ...(stack && { stack }) }, text);
  }
}
