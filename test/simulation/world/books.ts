/** What its sender was told of a message. */
export type Answer = 'none' | 'kafka' | 'spool' | 'refused';

export interface Sent {
  readonly id: string;
  readonly key: string | null;
  readonly topic: string;
  /** Which process took it, 1 the first. */
  readonly life: number;
  answer: Answer;
}

/** All that was sent, in its order. */
export class Books {
  readonly sent: Sent[] = [];
  readonly byId = new Map<string, Sent>();

  add(one: Omit<Sent, 'answer'>): Sent {
    const sent: Sent = { ...one, answer: 'none' };
    this.sent.push(sent);
    this.byId.set(sent.id, sent);
    return sent;
  }

  count(answer: Answer): number {
    return this.sent.filter((one) => one.answer === answer).length;
  }
}

/** Ids are in the values, again and again, so that a piece of a file tells whose it was. */
export function valueOf(id: string, kind: string, bytes: number): Buffer {
  const mark = `<${id}>`;
  return Buffer.from((mark + kind).padEnd(Math.max(bytes, mark.length + kind.length), mark));
}

export const idOf = (value: string): string => value.slice(1, value.indexOf('>'));
