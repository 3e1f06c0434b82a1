export {};
declare global {
  interface Buffer {
    /** Node's own, undocumented in its types: like `toString('latin1', start, end)` without the dispatch. */
    latin1Slice(start: number, end: number): string;
  }
}
