import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { PinoLogger } from './logger.js';
import { textLines } from './text-lines.js';

function printed(log: (logger: PinoLogger) => void): string {
  const stream = new PassThrough({ encoding: 'utf8' });
  log(new PinoLogger('info', textLines(stream as unknown as NodeJS.WriteStream)));
  return String(stream.read());
}

describe('log lines for a person', () => {
  it('have the time, the level, who says it and what', () => {
    const text = printed((logger) => {
      logger.log('open', 'Spool');
      logger.warn('nearly full');
      logger.error('it failed', 'Error: it failed\n    at here', 'Kafka');
    });
    expect(text.replaceAll(/^\d\d:\d\d:\d\d/gm, 'TIME')).toBe(
      'TIME info  Spool: open\nTIME WARN  nearly full\nTIME ERROR Kafka: it failed\nError: it failed\n    at here\n',
    );
  });
});
