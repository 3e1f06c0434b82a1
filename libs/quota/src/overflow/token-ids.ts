import type { CapturedEvent } from '@app/event';

/**
 * A list of `token` and `token:distinct_id`, as variables give it: a token alone stands for all of its ids. Empty entries,
 * of a trailing comma say, match nothing.
 */
export class TokenIds {
  private readonly tokens = new Set<string>();
  private readonly pairs = new Set<string>();

  constructor(entries: readonly string[]) {
    for (const entry of entries.map((text) => text.trim())) {
      if (entry.includes(':')) this.pairs.add(entry);
      else if (entry !== '') this.tokens.add(entry);
    }
  }

  get isEmpty(): boolean {
    return this.tokens.size === 0 && this.pairs.size === 0;
  }

  has({ token, distinctId }: CapturedEvent): boolean {
    return this.tokens.has(token) || (this.pairs.size > 0 && this.pairs.has(`${token}:${distinctId}`));
  }
}
