/** The items of one message. */
export interface Part {
  /** Their JSON as it arrived, binary text, with commas between: what goes between the brackets. */
  readonly items: string;
  /** Which event of the request they begin in. */
  readonly index: number;
  /** How many events of the request begin in this part. */
  readonly inputs: number;
}

/** Fills parts one after the other. Items that stand side by side are taken as one run of text, so that an item costs no string. */
export class Packer {
  private readonly parts: Part[] = [];
  private items: string[] = [];
  private bytes = 0;
  private inputs = 0;
  private index = -1;
  /** The event that items are taken from, until its first one is in a part. */
  private beginning = false;
  private event = -1;
  private run: { json: string; start: number; end: number; escapedStart: number; escapedEnd: number } | undefined;

  constructor(private readonly room: number) {}

  begin(index: number): void {
    // One without any item counts with what comes before it.
    if (this.beginning) this.count();
    this.event = index;
    this.beginning = true;
  }

  take(json: string, start: number, end: number, escapedStart: number, escapedEnd: number): void {
    const { run } = this;
    const grown = run === undefined ? this.withComma(escapedEnd - escapedStart) : this.withComma(escapedEnd - run.escapedStart);
    if (this.bytes + grown > this.room) {
      this.close();
    } else if (run !== undefined) {
      run.end = end;
      run.escapedEnd = escapedEnd;
      return;
    }
    this.count();
    this.run = { json, start, end, escapedStart, escapedEnd };
  }

  put(item: string): void {
    this.cut();
    // A marker's quotes double; it is nowhere near the room of an empty part.
    if (this.bytes + this.withComma(2 * item.length) > this.room) this.close();
    this.count();
    this.add(item, 2 * item.length);
  }

  /** Ends the run of items side by side. */
  cut(): void {
    const { run } = this;
    if (run === undefined) return;
    this.run = undefined;
    this.add(run.json.slice(run.start, run.end), run.escapedEnd - run.escapedStart);
  }

  finish(): readonly Part[] {
    if (this.beginning) this.count();
    this.close();
    return this.parts;
  }

  private withComma(bytes: number): number {
    return this.items.length > 0 ? bytes + 1 : bytes;
  }

  private add(item: string, bytes: number): void {
    this.bytes += this.withComma(bytes);
    this.items.push(item);
  }

  private count(): void {
    if (!this.beginning) return;
    this.beginning = false;
    this.inputs++;
    if (this.index < 0) this.index = this.event;
  }

  private close(): void {
    this.cut();
    if (this.items.length === 0) return;
    this.parts.push({ items: this.items.join(','), index: this.index, inputs: this.inputs });
    this.items = [];
    this.bytes = 0;
    this.inputs = 0;
    this.index = this.beginning ? -1 : this.event;
  }
}
