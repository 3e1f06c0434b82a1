/** The head of a request whose body has been read: all that is left of it is CPU time. */
export interface HandedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the client's, or the last proxy's, connection. */
  readonly remoteAddress: string | undefined;
  /** When its head had been read, Unix milliseconds. */
  readonly receivedAt: number;
}

export interface HandedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: Buffer;
}

export function encodeRequest(request: HandedRequest): Buffer {
  return Buffer.from(JSON.stringify(request));
}

export function decodeRequest(payload: Buffer): HandedRequest {
  return JSON.parse(payload.toString()) as HandedRequest;
}

/** The length of its head in four bytes, its head as JSON, its body. */
export function answerParts({ body, ...told }: HandedAnswer): Buffer[] {
  const head = Buffer.from(JSON.stringify(told));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return [length, head, body];
}

export function decodeAnswer(payload: Buffer): HandedAnswer {
  const headEnd = 4 + payload.readUInt32LE();
  const head = JSON.parse(payload.toString('utf8', 4, headEnd)) as Omit<HandedAnswer, 'body'>;
  return { ...head, body: payload.subarray(headEnd) };
}
