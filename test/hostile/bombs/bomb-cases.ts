import type { HostileCase } from '../cases/case.js';
export function bombCases(_seed: number, _count: number): HostileCase[] {
  return [];
}
