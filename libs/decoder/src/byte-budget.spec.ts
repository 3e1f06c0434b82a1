import { SharedLimits } from '@app/event';
import { describe, expect, it } from 'vitest';
import { ByteBudget, Reservation } from './byte-budget.js';

describe('ByteBudget', () => {
  it('counts a share’s bytes in the whole as well, and neither passes its limit', () => {
    const whole = new ByteBudget(100);
    const share = new ByteBudget(60, 'SHARE', whole);
    expect(share.reserve(60)).toBe(true);
    expect(share.reserve(1)).toBe(false);
    expect([share.inFlight, whole.inFlight]).toEqual([60, 60]);
    expect(whole.reserve(40)).toBe(true);
    share.release(30);
    expect(whole.reserve(25)).toBe(true);
    expect(share.reserve(10)).toBe(false);
    expect([share.inFlight, whole.inFlight]).toEqual([30, 95]);
    expect(new Reservation(share).grow(61)?.detail).toContain(
      'more than the 60 bytes that all requests of its kind may hold together (SHARE)',
    );
  });

  it('leaves to another process what that one holds of the same limit', () => {
    const limits = new SharedLimits();
    const other = new SharedLimits();
    const theirs = other.of('inFlight');
    const tell = (bytes: number) => {
      theirs.tell(bytes);
      limits.hear(other.own);
    };
    const budget = new ByteBudget(100, 'MAX_IN_FLIGHT_BYTES', undefined, limits.of('inFlight'));
    const share = new ByteBudget(90, 'SHARE', budget);
    tell(30);
    expect([share.reserve(71), share.reserve(50), budget.inFlight, limits.own[0]]).toEqual([false, true, 50, 50]);
    const reservation = new Reservation(share);
    expect([reservation.lacks(20), reservation.lacks(21), reservation.lacks(91)]).toEqual([false, true, false]);
    tell(29);
    expect(reservation.lacks(21)).toBe(false);
    share.release(50);
    expect(limits.own[0]).toBe(0);
    reservation.release();
    tell(100);
    expect(reservation.lacks(1)).toBe(false);
  });

  it('gives to the last byte, and nothing of what would pass it', () => {
    const budget = new ByteBudget(100);
    expect([budget.reserve(60), budget.reserve(41), budget.inFlight, budget.reserve(40), budget.reserve(1)]).toEqual([
      true,
      false,
      60,
      true,
      false,
    ]);
    budget.release(40);
    expect([budget.inFlight, budget.reserve(40)]).toEqual([60, true]);
  });
});

describe('Reservation', () => {
  it('gives back all it has grown to, once', () => {
    const budget = new ByteBudget(100);
    const reservation = new Reservation(budget);
    expect([reservation.grow(30), reservation.grow(20), budget.inFlight]).toEqual([undefined, undefined, 50]);
    reservation.release();
    reservation.release();
    expect(budget.inFlight).toBe(0);
  });

  it('asks to come back when others hold too much, and never when it can never fit', () => {
    const budget = new ByteBudget(100);
    new Reservation(budget).grow(50);
    const reservation = new Reservation(budget);
    expect(reservation.grow(60)).toMatchObject({ code: 'transient' });
    expect(reservation.grow(40)).toBeUndefined();
    expect(reservation.grow(61)).toMatchObject({ code: 'payload_too_big', detail: expect.stringContaining('MAX_IN_FLIGHT_BYTES') });
    expect(budget.inFlight).toBe(90);
  });

  it('takes nothing more once released: an inflation may end after its client has gone', () => {
    const budget = new ByteBudget(100);
    const reservation = new Reservation(budget);
    reservation.release();
    expect(reservation.grow(10)).toMatchObject({ code: 'transient' });
    expect(budget.inFlight).toBe(0);
  });
});
