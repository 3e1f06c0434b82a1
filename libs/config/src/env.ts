import 'reflect-metadata';

const FIELDS = Symbol('inlet:env');

export type EnvKind = 'text' | 'number' | 'boolean' | 'list';

export interface EnvField {
  /** The environment variable's name. */
  readonly name: string;
  /** The property of the config class that holds it. */
  readonly property: string;
  readonly kind: EnvKind;
  /** One sentence for the operator: what it does, in which unit. */
  readonly meaning: string;
  /** Its value is never printed. */
  readonly secret: boolean;
  /** Other names understood for the same thing (an existing deployment's). */
  readonly aliases: readonly string[];
}

export interface EnvOptions {
  readonly meaning: string;
  readonly secret?: boolean;
  readonly aliases?: readonly string[];
  /** Told from the default's type unless given: needed when the default is undefined and the kind is not text. */
  readonly kind?: EnvKind;
}

/**
 * Declares that a property of a room's config class is read from an environment variable. The property's initial
 * value is the default; class-validator decorators beside it say what is allowed.
 *
 *     export class HttpConfig {
 *       @Env('PORT', { meaning: 'Port of the public listener.' }) @IsInt() @Min(0) @Max(65535)
 *       readonly port: number = 3000;
 *     }
 */
export function Env(name: string, options: EnvOptions): PropertyDecorator {
  return (target, property) => {
    const inherited: EnvField[] = Reflect.getMetadata(FIELDS, target) ?? [];
    const field = {
      name,
      property: String(property),
      kind: options.kind ?? kindOf(Reflect.getMetadata('design:type', target, property)),
      meaning: options.meaning,
      secret: options.secret ?? false,
      aliases: options.aliases ?? [],
    };
    Reflect.defineMetadata(FIELDS, [...inherited, field], target);
  };
}

export function envFields(configClass: new () => object): readonly EnvField[] {
  return Reflect.getMetadata(FIELDS, configClass.prototype) ?? [];
}

function kindOf(type: unknown): EnvKind {
  if (type === Number) return 'number';
  if (type === Boolean) return 'boolean';
  if (type === Array) return 'list';
  return 'text';
}
