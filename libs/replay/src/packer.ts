/** The items of one message. */
export interface Part {
  /** Their JSON as it arrived, binary text, with commas between: what goes between the brackets. */
  readonly items: string;
  /** Which event of the request they begin in. */
  readonly index: number;
  /** How many events of the request begin in this part. */
  readonly inputs: number;
}

/** Fills parts one after the other. */
export class Packer {
  private readonly parts: Part[] = [];
  private items: string[] = [];
  private bytes = 0;
  private inputs = 0;
  private index = -1;
  /** The event that items are taken from, until its first one is in a part. */
  private beginning = false;
  private event = -1;

  constructor(private readonly room: number) {}

  /** Bytes that the part has for more items, once they are escaped. */
  get left(): number {
    return this.room - this.bytes - (this.items.length > 0 ? 1 : 0);
  }

  begin(index: number): void {
    // One without any item counts with what comes before it.
    if (this.beginning) this.count();
    this.event = index;
    this.beginning = true;
  }

  /** Items side by side, which fit. @param bytes that they take once they are escaped */
  add(items: string, bytes: number): void {
    this.count();
    this.bytes += this.items.length > 0 ? bytes + 1 : bytes;
    this.items.push(items);
  }

  /** The same for what may need a part of its own. */
  fit(items: string, bytes: number): void {
    if (bytes > this.left) this.close();
    this.add(items, bytes);
  }

  put(item: string): void {
    // A marker's quotes double; it is nowhere near the room of an empty part.
    this.fit(item, 2 * item.length);
  }

  finish(): readonly Part[] {
    if (this.beginning) this.count();
    this.close();
    return this.parts;
  }

  close(): void {
    if (this.items.length === 0) return;
    this.parts.push({ items: this.items.join(','), index: this.index, inputs: this.inputs });
    this.items = [];
    this.bytes = 0;
    this.inputs = 0;
    this.index = this.beginning ? -1 : this.event;
  }

  private count(): void {
    if (!this.beginning) return;
    this.beginning = false;
    this.inputs++;
    if (this.index < 0) this.index = this.event;
  }
}
