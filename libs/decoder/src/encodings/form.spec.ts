import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '@app/event';
import { looksLikeForm, parseForm } from './form.js';

const fields = (body: string) => runAtOnce(parseForm(Buffer.from(body, 'latin1'), () => undefined));
const field = (body: string) => fields(body).data;

describe('parseForm', () => {
  it('gives back what any client encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (data, other) => {
        const body = new URLSearchParams({ other, data, compression: 'lz64 +&' }).toString();
        expect(field(body)?.toString()).toBe(data.toWellFormed());
        expect(fields(body).compression).toBe('lz64 +&');
      }),
    );
  });

  it.each([
    ['data=a+b%20c%2Bd%3D', 'a b c+d='],
    ['data=a=b==', 'a=b=='],
    ['data=1&data=2', '2'],
    ['_=5&data=x', 'x'],
    ['data=', ''],
    ['%64ata=x', 'x'],
    ['data=%zz%4', '%zz%4'],
  ])('%s: data is %j', (body, expected) => {
    expect(field(body)?.toString()).toBe(expected);
  });

  it('decodes to bytes, which need not be text', () => {
    expect(field('data=%ed%a0%bd%ff')).toEqual(Buffer.from('eda0bdff', 'hex'));
  });

  it('knows no field without an equals sign', () => {
    expect(fields('data&x')).toEqual({ data: undefined, compression: undefined });
  });

  it('reads a hundred fields of a hostile body, and no more', () => {
    const others = (count: number) => 'f=1&'.repeat(count);
    expect([field(`${others(99)}data=x`)?.toString(), field(`${others(100)}data=x`)]).toEqual(['x', undefined]);
  });
});

describe('looksLikeForm', () => {
  it.each(['data=eyJ', 'ip=1&data=x', '_=169&data=x', 'compression=lz64&data=x', 'a=b&data=x', 'data='])('of %s: yes', (body) => {
    expect(looksLikeForm(Buffer.from(body))).toBe(true);
  });

  it.each(['{"data=":1}', 'metadata=x', 'data', 'ver=1', '', `a=${'x'.repeat(130)}&data=x`])('of %.20j: no', (body) => {
    expect(looksLikeForm(Buffer.from(body))).toBe(false);
  });
});
