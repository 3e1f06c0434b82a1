export {};
declare global {
  /** ES2026's access to a number's source text, in Node 26 but not yet in TypeScript's library. */
  interface JSON {
    parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}
