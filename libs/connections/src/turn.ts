/**
 * What may be spent in a turn of the event loop on what is cheap to send and dear to read: a unit is some 4 microseconds. Honest
 * connections spend next to nothing.
 */
const UNITS_A_TURN = 2048;
/**
 * After a turn that was spent so many pass in which nothing is, as long as somebody new comes in each: the event loop takes one new
 * connection in each of its turns, and an honest one may stand behind hundreds.
 */
const TURNS_OF_NEWCOMERS = 32;
const LEAST_TURNS_OF_NEWCOMERS = 2;
/** How long a crowd is reckoned with after a turn that was spent, milliseconds. */
const CROWD_MS = 5000;

const atEnd: (() => boolean)[] = [];
const atCrowd = new Set<() => void>();
let units = 0;
let ofNewcomers = 0;
let hasNewcomer = false;
let isCounting = false;
let crowdedUntil = -Infinity;

/** There is one event loop: all of a process's connections share its turns. */
export const turn = {
  /** Of this turn. */
  get units(): number {
    return units;
  },

  get isSpent(): boolean {
    return units >= UNITS_A_TURN;
  },

  /** Whether a turn was spent lately: what is read of connections is rationed then. */
  get isCrowded(): boolean {
    return performance.now() < crowdedUntil;
  },

  spend(more: number): void {
    units += more;
    turn.watch();
    if (units >= UNITS_A_TURN && units - more < UNITS_A_TURN) crowd();
  },

  /** Told of each new connection. */
  greet(): void {
    hasNewcomer = true;
  },

  /** Has the turn end, and those who wait for that be told. */
  watch(): void {
    if (isCounting) return;
    isCounting = true;
    setImmediate(end);
  },

  /** Calls when a turn is over; true is for one more. */
  whenOver(next: () => boolean): void {
    atEnd.push(next);
  },

  /** Calls when a turn was spent, and none was lately. @returns calls no more */
  whenCrowded(begin: () => void): () => void {
    atCrowd.add(begin);
    return () => atCrowd.delete(begin);
  },
};

function end(): void {
  if (turn.isSpent && ofNewcomers < (hasNewcomer ? TURNS_OF_NEWCOMERS : LEAST_TURNS_OF_NEWCOMERS)) {
    ofNewcomers++;
    hasNewcomer = false;
    return void setImmediate(end);
  }
  units = ofNewcomers = 0;
  isCounting = false;
  for (const next of atEnd) if (next()) turn.watch();
}

function crowd(): void {
  const { isCrowded } = turn;
  crowdedUntil = performance.now() + CROWD_MS;
  if (!isCrowded) for (const begin of atCrowd) begin();
}
