/** Where messages wait whose partition was not known when they came. */
export const UNPLACED = -1;

/** How many messages wait, by topic and partition. */
export class Lanes {
  readonly #topics = new Map<string, Map<number, number>>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(topic: string, partition = UNPLACED): void {
    let partitions = this.#topics.get(topic);
    if (partitions === undefined) this.#topics.set(topic, (partitions = new Map()));
    partitions.set(partition, (partitions.get(partition) ?? 0) + 1);
    this.#total++;
  }

  remove(topic: string, partition = UNPLACED): void {
    const partitions = this.#topics.get(topic);
    const left = (partitions?.get(partition) ?? 0) - 1;
    if (partitions === undefined || left < 0) return;
    if (left > 0) partitions.set(partition, left);
    else partitions.delete(partition);
    if (partitions.size === 0) this.#topics.delete(topic);
    this.#total--;
  }

  of(topic: string, partition: number): number {
    return this.#topics.get(topic)?.get(partition) ?? 0;
  }

  clear(): void {
    this.#topics.clear();
    this.#total = 0;
  }

  /**
   * How many a message must not overtake: those of its partition, and those that may turn out to be of it. Without a
   * partition of its own it stands behind all of its topic.
   */
  ahead(topic: string, partition: number | undefined): number {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) return 0;
    if (partition !== undefined) return (partitions.get(partition) ?? 0) + (partitions.get(UNPLACED) ?? 0);
    let all = 0;
    for (const count of partitions.values()) all += count;
    return all;
  }
}
