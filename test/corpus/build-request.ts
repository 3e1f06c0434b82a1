import type { CorpusRequest, WireRequest } from './corpus-case.js';
import { encodeBody } from './encode-body.js';

/** Step of `encode` that moves the body into the query's `data`. */
const TO_QUERY = 'query:data';

/** The bytes of a case's request; placeholders must be filled in already. */
export function buildRequest(request: CorpusRequest): WireRequest {
  const steps = request.encode ?? [];
  const plain = plainBody(request.body);
  const encoded =
    plain &&
    encodeBody(
      plain,
      steps.filter((step) => step !== TO_QUERY),
    );
  const inQuery = steps.includes(TO_QUERY) && encoded !== undefined ? `data=${encodeURIComponent(encoded.toString())}` : '';
  const query = [request.query ?? '', inQuery].filter((part) => part !== '').join('&');
  return {
    method: request.method ?? 'POST',
    url: query === '' ? request.path : `${request.path}?${query}`,
    headers: request.headers ?? {},
    body: inQuery === '' ? encoded : undefined,
  };
}

function plainBody(body: CorpusRequest['body']): Buffer | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  if ('base64' in body) return Buffer.from(body.base64, 'base64');
  return Buffer.from(JSON.stringify(body.json));
}

/** The JSON texts of a request's events as they were sent, for cases whose body is `{json}` or one event as text. */
export function sentEvents({ body }: CorpusRequest): string[] {
  if (typeof body === 'string') return [body];
  if (body === undefined || 'base64' in body) return [];
  const batch = Array.isArray(body.json) ? body.json : (body.json as { batch?: unknown }).batch;
  return (Array.isArray(batch) ? batch : [body.json]).map((event) => JSON.stringify(event));
}
