/** Kinds of JSON values, as the kernel has them. */
export enum Kind {
  Null,
  True,
  False,
  Number,
  String,
  Object,
  Array,
}

export const NAMES: Readonly<Record<Kind, string>> = {
  [Kind.Null]: 'null',
  [Kind.True]: 'a boolean',
  [Kind.False]: 'a boolean',
  [Kind.Number]: 'a number',
  [Kind.String]: 'a string',
  [Kind.Object]: 'an object',
  [Kind.Array]: 'an array',
};

/** Flags of a string: the text between the quotes is not what it stands for byte by byte. */
export const ESCAPED = 1;
export const NON_ASCII = 2;
/** Of a container: there is nothing in it. */
export const EMPTY = 4;
