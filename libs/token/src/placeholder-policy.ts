/** What is done with keys that are placeholders, where no directory of projects can tell. */
export type PlaceholderPolicy = 'refuse' | 'warn';

/** For dependency injection. */
export const PLACEHOLDER_POLICY = Symbol('what is done with keys that are placeholders');
