/** The parts of the OpenAPI document that the tests read, with references followed. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By media type. */
  readonly bodies: Readonly<Record<string, Schema>>;
  /** By status, or `default`. */
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly isSecured: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** What is in a string. */
  readonly contentSchema?: Schema;
  readonly oneOf?: readonly Schema[];
}

type Tree = Record<string, unknown>;

const METHODS = ['get', 'post', 'options'];

export function operationsOf(document: Tree): Operation[] {
  const paths = resolved(document.paths, document) as Record<string, Tree>;
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const operation = item[method] as Tree;
      const content = ((operation.requestBody as Tree | undefined)?.content ?? {}) as Record<string, { schema: Schema }>;
      return {
        method: method.toUpperCase(),
        path,
        parameters: [...((item.parameters ?? []) as Parameter[]), ...((operation.parameters ?? []) as Parameter[])],
        bodies: Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema])),
        responses: operation.responses as Operation['responses'],
        isSecured: operation.security !== undefined,
      };
    }),
  );
}

/** Copies a part with `$ref` replaced by what it names; nothing here refers to itself. */
function resolved(part: unknown, document: Tree): unknown {
  if (Array.isArray(part)) return part.map((item) => resolved(item, document));
  if (typeof part !== 'object' || part === null) return part;
  const { $ref } = part as { $ref?: unknown };
  if (typeof $ref === 'string') return resolved(at($ref, document), document);
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value, document)]));
}

function at(reference: string, document: Tree): unknown {
  const keys = reference.slice(2).split('/');
  const found = keys.reduce<unknown>((part, key) => (part as Tree | undefined)?.[key.replaceAll('~1', '/')], document);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}
