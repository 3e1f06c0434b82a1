import { RESOURCES, type Resource } from '@app/event';

/** Bits of a set of resources. */
export const BIT = Object.fromEntries(RESOURCES.map((resource, i) => [resource, 1 << i])) as Readonly<Record<Resource, number>>;
export const SETS_OF_RESOURCES = 1 << RESOURCES.length;
