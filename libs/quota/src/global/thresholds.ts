/** The threshold of each key: its own, else its token's, else the general one. */
export class Thresholds {
  private own: ReadonlyMap<string, number>;

  constructor(
    private readonly general: number,
    overrides: readonly string[],
  ) {
    this.own = new Map(overrides.map((entry) => [entry.slice(0, entry.lastIndexOf('=')), Number(entry.slice(entry.lastIndexOf('=') + 1))]));
  }

  /** @param key `token:distinct_id`, the id cut as in Redis */
  of(token: string, key: string): number {
    return this.own.size === 0 ? this.general : (this.own.get(key) ?? this.own.get(token) ?? this.general);
  }

  /**
   * Takes over a JSON object of key to number; entries that are no positive number are skipped.
   *
   * @returns how many were skipped
   * @throws SyntaxError when it is no JSON object; nothing changes then
   */
  replace(text: string): number {
    const whole: unknown = JSON.parse(text);
    if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) throw new SyntaxError('not an object');
    const entries = Object.entries(whole);
    this.own = new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1]) && (entry[1] as number) > 0));
    return entries.length - this.own.size;
  }
}
