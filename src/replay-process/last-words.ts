import type { Readable, Writable } from 'node:stream';

/** Where V8 begins to say why it gives up: dozens of lines, for those who work on V8. */
const BEGINNING = /^(?:<--- Last few GCs|FATAL ERROR|#$|# Fatal|----- Native stack trace)/;
const REASON = /^(?:FATAL ERROR: |# Fatal \w+ in )(.*)/;
/** Longer lines are cut. */
const LINE_CHARS = 1000;

/** What a process writes to its standard error goes on to ours, but for V8's last words, of which the reason is kept. */
export class LastWords {
  reason: string | undefined;
  #isLast = false;
  #line = '';

  constructor(from: Readable, to: Writable) {
    from.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#line + text).split('\n');
      this.#line = lines.pop()?.slice(0, LINE_CHARS) ?? '';
      for (const line of lines) this.#hear(line, to);
    });
    from.once('end', () => this.#line !== '' && this.#hear(this.#line, to));
  }

  #hear(line: string, to: Writable): void {
    this.#isLast ||= BEGINNING.test(line);
    // V8 begins with an empty line.
    if (!this.#isLast && line !== '') to.write(`${line}\n`);
    this.reason ??= REASON.exec(line)?.[1].slice(0, LINE_CHARS);
  }
}
