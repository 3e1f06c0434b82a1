/** What happened, as a number that is the same for the same history, and its last lines. */
export class Trace {
  #hash = 0x811c9dc5;
  readonly #lines: string[] = [];
  #next = 0;

  constructor(private readonly kept: number) {}

  add(line: string): void {
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.#lines[this.#next++ % this.kept] = line;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  get lines(): string[] {
    const from = this.#next % this.kept;
    return this.#next <= this.kept ? this.#lines : [...this.#lines.slice(from), ...this.#lines.slice(0, from)];
  }
}
