/** What a body's second and later blocks have at least: small chunks, of which there may be many, cost nothing each. */
const BLOCK_BYTES = 64 * 1024;

/** A body as it comes, copied into blocks. */
export class GatheredBody {
  readonly #blocks: Buffer[] = [];
  /** Of the last block. */
  #used = 0;

  add(piece: Buffer): void {
    const last = this.#blocks.at(-1);
    const copied = last === undefined ? 0 : piece.copy(last, this.#used);
    this.#used += copied;
    const rest = piece.subarray(copied);
    if (rest.length === 0) return;
    // Most bodies are one piece.
    const block = Buffer.allocUnsafeSlow(last === undefined ? rest.length : Math.max(rest.length, BLOCK_BYTES));
    this.#used = rest.copy(block);
    this.#blocks.push(block);
  }

  /** All of it in one. */
  whole(): Buffer {
    const blocks = this.#blocks.map((block, index) => (index < this.#blocks.length - 1 ? block : block.subarray(0, this.#used)));
    return blocks.length === 1 ? blocks[0] : Buffer.concat(blocks);
  }
}
