/** A token for the log: enough to find it in the source, too little to send with it. */
export function masked(token: string): string {
  return `${token.slice(0, Math.min(8, token.length / 2))}… (${token.length} characters)`;
}
