const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const END = 2;
const CHUNK_CHARS = 64 * 1024;

/**
 * lz-string's `compressToBase64` for texts of many megabytes: the library keeps every phrase as a string and grows with the
 * square of a repetition; here a phrase is a step in a trie. Takes bytes as chars of Latin-1.
 */
export class Lz64Writer {
  /** Phrases by the code of all but their last char, and that char. */
  readonly #phrases = new Map<number, number>();
  /** The codes of single chars; 0 for one that was not met yet. */
  readonly #singles = new Uint32Array(256);
  /** Chars that were met, but not written yet. */
  readonly #unwritten = new Map<number, number>();
  #nextCode = 3;
  #width = 2;
  #untilWider = 2;
  #current = 0;
  #bits = 0;
  #bitCount = 0;
  #text = '';
  readonly #done: Buffer[] = [];

  write(bytes: Buffer): void {
    for (const char of bytes) this.#add(char);
  }

  end(): Buffer {
    if (this.#current !== 0) this.#writePhrase();
    this.#writeBits(END, this.#width);
    // The library always begins one more char.
    this.#writeBits(0, 6 - this.#bitCount);
    this.#text += '='.repeat((4 - ((this.#done.length * CHUNK_CHARS + this.#text.length) % 4)) % 4);
    return Buffer.concat([...this.#done, Buffer.from(this.#text, 'latin1')]);
  }

  #add(char: number): void {
    if (this.#singles[char] === 0) {
      this.#singles[char] = this.#nextCode;
      this.#phrases.set(char, this.#nextCode);
      this.#unwritten.set(this.#nextCode++, char);
    }
    // Code 0 is the empty phrase, so that single chars are found like all others.
    const longer = this.#current * 256 + char;
    const known = this.#phrases.get(longer);
    if (known !== undefined) {
      this.#current = known;
      return;
    }
    this.#writePhrase();
    this.#phrases.set(longer, this.#nextCode++);
    this.#current = this.#singles[char];
  }

  #writePhrase(): void {
    const char = this.#unwritten.get(this.#current);
    if (char === undefined) {
      this.#writeBits(this.#current, this.#width);
    } else {
      this.#writeBits(0, this.#width);
      this.#writeBits(char, 8);
      this.#countDown();
      this.#unwritten.delete(this.#current);
    }
    this.#countDown();
  }

  #countDown(): void {
    if (--this.#untilWider === 0) this.#untilWider = 2 ** this.#width++;
  }

  /** Least significant bit first, six to a char, most significant first. */
  #writeBits(value: number, width: number): void {
    for (let i = 0; i < width; i++) {
      this.#bits = (this.#bits << 1) | ((value >>> i) & 1);
      if (++this.#bitCount === 6) this.#writeChar();
    }
  }

  #writeChar(): void {
    this.#text += ALPHABET[this.#bits];
    this.#bits = 0;
    this.#bitCount = 0;
    if (this.#text.length < CHUNK_CHARS) return;
    this.#done.push(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }
}
