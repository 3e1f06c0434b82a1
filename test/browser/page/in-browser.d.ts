export function describeDom(body: unknown): string[];
export function describeCanvas(canvas: unknown): number[][];
export function play(events: readonly unknown[]): void;
