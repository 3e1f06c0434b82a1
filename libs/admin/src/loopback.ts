/** Whether only this machine reaches a listener bound to `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Whether a `Host` header names this machine. A page that resolves its own name to 127.0.0.1 could otherwise have its
 * visitor's browser read what is meant for the operator.
 */
export function namesLoopback(header: string | undefined): boolean {
  return header !== undefined && isLoopback(header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
}
