import fc from 'fast-check';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { WireRequest } from '../corpus/runner.js';
import type { Operation, Parameter, Schema } from './openapi-document.js';

/** How often a part of a value is not what its schema says: clients are not perfect. Never, or one in so many. */
export type Flaws = 0 | 8;

export function valueOf(schema: Schema, flaws: Flaws): fc.Arbitrary<unknown> {
  const described = right(schema, flaws);
  return flaws === 0
    ? described
    : fc.oneof({ weight: flaws - 1, arbitrary: described }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function right(schema: Schema, flaws: Flaws): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.oneOf !== undefined) return fc.oneof(...schema.oneOf.map((one) => valueOf(one, flaws)));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length === 0) return fc.jsonValue({ maxDepth: 3 });
  return fc.oneof(...types.map((type) => ofType(type, schema, flaws)));
}

function ofType(type: string, schema: Schema, flaws: Flaws): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -2_000_000_000 });
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, flaws), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'object':
      return object(schema, flaws);
    default:
      return text(schema, flaws);
  }
}

function text({ format, pattern, contentSchema, minLength = 0, maxLength = 60 }: Schema, flaws: Flaws): fc.Arbitrary<string> {
  if (contentSchema !== undefined)
    return fc
      .tuple(valueOf(contentSchema, flaws), fc.boolean())
      .map(([value, plain]) => (plain ? JSON.stringify(value) : Buffer.from(JSON.stringify(value)).toString('base64')));
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength });
  return fc.string({ unit: 'binary', minLength, maxLength });
}

function object({ properties = {}, required = [] }: Schema, flaws: Flaws): fc.Arbitrary<unknown> {
  if (Object.keys(properties).length === 0)
    return fc.dictionary(fc.string({ unit: 'binary', maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const members = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, valueOf(schema, flaws)]));
  return fc.record(members, { requiredKeys: [...required] });
}

/** Requests for one operation: right ones, nearly right ones, and noise. */
export function requestFor(operation: Operation): fc.Arbitrary<WireRequest> {
  return fc.oneof(requests(operation, 0), requests(operation, 8));
}

function requests(operation: Operation, flaws: Flaws): fc.Arbitrary<WireRequest> {
  const parameters = fc.tuple(...operation.parameters.map((one) => parameter(one, flaws)));
  const key = fc.constantFrom('Bearer phc_openapi', ...(flaws === 0 ? [] : ['Bearer ', 'Basic eA==', 'Bearer phx_secret', undefined]));
  return fc.tuple(parameters, bodyOf(operation, flaws), key).map(([given, { type, body }, authorization]) => {
    const place = (where: Parameter['in']) => given.filter(({ at, value }) => at === where && value !== undefined);
    const path = place('path').reduce((url, { name, value }) => url.replace(`{${name}}`, encodeURIComponent(value!)), operation.path);
    const query = place('query').map(({ name, value }) => `${name}=${encodeURIComponent(value!)}`);
    const headers = Object.fromEntries(place('header').map(({ name, value }) => [name.toLowerCase(), printable(value!)]));
    if (operation.isSecured && authorization !== undefined) headers.authorization = authorization;
    if (type !== undefined) headers['content-type'] = type;
    const encoding = headers['content-encoding'];
    const encoded = body && operation.isSecured ? (ENCODINGS[encoding]?.(body) ?? body) : body;
    return { method: operation.method, url: query.length === 0 ? path : `${path}?${query.join('&')}`, headers, body: encoded };
  });
}

const ENCODINGS: Readonly<Record<string, ((body: Buffer) => Buffer) | undefined>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

function parameter({ name, in: at, required, schema }: Parameter, flaws: Flaws) {
  const present = valueOf(schema, flaws).map((value) => (typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value)));
  // A path of dots is another path.
  if (at === 'path') return present.map((given) => ({ name, at, value: /^\.*$/.test(given) ? 'x' : given }));
  const isAlways = required === true && flaws === 0;
  return (isAlways ? present : fc.option(present, { freq: required ? 20 : 2, nil: undefined })).map((value) => ({ name, at, value }));
}

function bodyOf(
  { method, bodies, isSecured }: Operation,
  flaws: Flaws,
): fc.Arbitrary<{ type: string | undefined; body: Buffer | undefined }> {
  const types = Object.entries(bodies);
  if (method !== 'POST' || types.length === 0) return fc.constant({ type: undefined, body: undefined });
  const described = fc.oneof(
    ...types.map(([type, schema]) => valueOf(schema, flaws).map((value) => ({ type, body: written(type, value) }))),
  );
  if (flaws === 0) return described;
  const squeezed = described.map(({ type, body }) => ({ type, body: isSecured ? body : gzipSync(body) }));
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ type: 'application/json', body: Buffer.from(bytes) }));
  return fc.oneof({ weight: 8, arbitrary: described }, { weight: 2, arbitrary: squeezed }, { weight: 1, arbitrary: noise });
}

function written(type: string, value: unknown): Buffer {
  if (type.startsWith('application/x-www-form-urlencoded') && typeof value === 'object' && value !== null)
    return Buffer.from(
      Object.entries(value)
        .map(([key, member]) => `${key}=${encodeURIComponent(String(member).toWellFormed())}`)
        .join('&'),
    );
  return Buffer.from(type === 'application/json' || typeof value !== 'string' ? JSON.stringify(value) : value);
}

/** What a header may hold. */
function printable(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/g, '?');
}
