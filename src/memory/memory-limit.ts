import { totalmem } from 'node:os';

/**
 * What the container may use, bytes; undefined when nothing limits it. By the control groups of both versions.
 *
 * @param constrained 0 when the system does not tell, more than there is when it sets no limit
 */
export function memoryLimit(constrained: number = process.constrainedMemory(), total: number = totalmem()): number | undefined {
  return constrained > 0 && constrained < total ? constrained : undefined;
}
