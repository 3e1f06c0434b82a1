import { ResponseError, type Connection, type ResponseParser, type Writer } from '@platformatic/kafka';

/** One request to one broker, of an API version with tagged fields. Rejects when no answer comes. */
export function request<T>(
  connection: Connection,
  api: number,
  version: number,
  build: () => Writer,
  parse: ResponseParser<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    connection.send<T>(api, version, build, parse, true, true, (error, answer) => (error ? reject(error) : resolve(answer as T)));
  });
}

/**
 * What `parse` returns, or the response that it wraps into an error when any part of it failed: one lost partition
 * must not hide the others.
 */
export function keepErrors<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ResponseError && 'response' in error && error.response !== undefined) return error.response as T;
    throw error;
  }
}
