import { letGo } from './let-go.js';

/** Below it putting the chunks together at the end is cheap enough. */
const LARGE_BYTES = 1024 * 1024;
/** Chunks are kept as they come up to so many bytes: nearly all bodies have less. */
const AS_THEY_COME_BYTES = 256 * 1024;
const LARGEST_BLOCK_BYTES = 2 * 1024 * 1024;

/**
 * The bytes of a body. A large one gets its whole room when a quarter of it is there, so that putting together 25 MB does not
 * hold the event loop for 20 ms at the end; not before, or a header alone could make us allocate. Until then its chunks are put
 * together in blocks that are no larger than what has come: thousands of small pieces, given back one by one, leave an allocator with
 * holes that it cannot give back.
 */
export class GrowingBody {
  private pieces: Buffer[] = [];
  /** What pieces are parts of, and ours. */
  private blocks: Buffer[] = [];
  private block: Buffer | undefined;
  /** Bytes in the last block, if it is not among the pieces yet. */
  private filled = 0;
  private whole: Buffer | undefined;
  private length = 0;
  /** What was copied last: whoever has read it from its socket may be at it until the next one comes. */
  private copied: Buffer | undefined;

  constructor(
    /** As the client says; it may be wrong or 0. */
    private readonly announced: number,
    /** Nobody else has its chunks. */
    private readonly ownsChunks: boolean,
  ) {}

  add(chunk: Buffer): void {
    const { announced } = this;
    const length = this.length + chunk.length;
    if (length > announced) this.goBack();
    else if (this.length > 0 && this.whole === undefined && announced > LARGE_BYTES && length * 4 >= announced) this.makeRoom();
    if (this.whole !== undefined) this.copy(chunk, this.whole, this.length);
    else if (length <= AS_THEY_COME_BYTES) this.pieces.push(chunk);
    else this.addToBlock(chunk);
    this.length = length;
  }

  clear(): void {
    if (this.whole !== undefined) letGo(this.whole);
    this.whole = this.copied = undefined;
    this.dropPieces();
  }

  finish(): Buffer {
    if (this.whole !== undefined) return this.whole.subarray(0, this.length);
    this.closeBlock();
    if (this.pieces.length === 1) return this.pieces[0];
    const whole = Buffer.concat(this.pieces);
    this.dropPieces();
    return whole;
  }

  private addToBlock(chunk: Buffer): void {
    if (this.block === undefined || this.block.length - this.filled < chunk.length) {
      this.closeBlock();
      this.block = Buffer.allocUnsafeSlow(Math.max(chunk.length, Math.min(LARGEST_BLOCK_BYTES, this.length)));
      this.blocks.push(this.block);
    }
    this.copy(chunk, this.block, this.filled);
    this.filled += chunk.length;
  }

  private closeBlock(): void {
    if (this.block !== undefined) this.pieces.push(this.block.subarray(0, this.filled));
    this.block = undefined;
    this.filled = 0;
  }

  private copy(chunk: Buffer, room: Buffer, at: number): void {
    chunk.copy(room, at);
    if (this.copied !== undefined) letGo(this.copied);
    if (this.ownsChunks) this.copied = chunk;
  }

  /** It is longer than was said. */
  private goBack(): void {
    if (this.whole !== undefined) this.pieces = [this.whole.subarray(0, this.length)];
    this.whole = undefined;
  }

  private makeRoom(): void {
    this.closeBlock();
    const whole = Buffer.allocUnsafeSlow(this.announced);
    let at = 0;
    for (const piece of this.pieces) at += piece.copy(whole, at);
    this.whole = whole;
    this.dropPieces();
  }

  private dropPieces(): void {
    for (const block of this.blocks) letGo(block);
    this.pieces = [];
    this.blocks = [];
    this.block = undefined;
    this.filled = 0;
  }
}
