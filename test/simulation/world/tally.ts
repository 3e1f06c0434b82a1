/** How often what happened, by name. */
export class Tally {
  readonly by: Record<string, number> = {};

  add(name: string, times = 1): void {
    this.by[name] = (this.by[name] ?? 0) + times;
  }

  merge(others: Readonly<Record<string, number>>): void {
    for (const [name, times] of Object.entries(others)) this.add(name, times);
  }
}
