export {};
declare global {
  interface Buffer {
    /** Node's own, undocumented in its types: like `write(text, offset, 'latin1')` without the dispatch. */
    latin1Write(text: string, offset: number): number;
  }
}
