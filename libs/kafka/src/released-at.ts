/**
 * When this release was made, Unix milliseconds: no right clock stands before it. Renewed with the version in
 * package.json. An older value does no harm but that a wrong clock is found out later.
 */
export const RELEASED_AT = Date.UTC(2026, 10, 1);
