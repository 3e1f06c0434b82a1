import { describe, expect, it } from 'vitest';
import { runAtOnce } from '@app/event';
import { parseMultipart } from './multipart.js';

/** The body that any client's form data becomes, with its boundary. */
async function encode(form: FormData): Promise<{ body: Buffer; boundary: string }> {
  const response = new Response(form);
  const boundary = /boundary=(.+)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  return { body: Buffer.from(await response.arrayBuffer()), boundary };
}

const part = (head: string, content: string) => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const parse = (body: Buffer, boundary: string) => runAtOnce(parseMultipart(body, boundary, () => undefined));
const dataOf = (body: string) => parse(Buffer.from(body), 'b').data?.toString();

describe('parseMultipart', () => {
  it('reads what a standard client writes, files and bytes among it', async () => {
    const form = new FormData();
    const bytes = Buffer.from([0x1f, 0x8b, 0x0d, 0x0a, 0x2d, 0x2d, 0xff]);
    form.set('compression', 'gzip');
    form.set('data', new File([bytes], 'name=other.gz'));
    const { body, boundary } = await encode(form);
    expect(parse(body, boundary)).toEqual({ compression: 'gzip', data: bytes });
  });

  it.each([
    ['a name without quotes', 'Content-Disposition: form-data; name=data', 'x'],
    ['a head in lower case', 'content-disposition: form-data; name="data"', 'x'],
    ['more lines in the head', 'Content-Type: text/plain\r\nContent-Disposition: form-data; name="data"\r\nX: y', 'x'],
    ['a file name alone', 'Content-Disposition: form-data; filename="data"', undefined],
    ['no name', 'Content-Type: text/plain', undefined],
  ])('with %s', (_, head, expected) => {
    expect(dataOf(`${part(head, 'x')}--b--\r\n`)).toBe(expected);
  });

  it('passes over a preamble, and over a part that never ends', () => {
    const head = 'Content-Disposition: form-data; name="data"';
    expect(dataOf(`preamble\r\n${part(head, '1')}${part(head, '2')}`)).toBe('1');
    expect(dataOf('--b\r\nno head\r\n--b--')).toBeUndefined();
    expect(dataOf('')).toBeUndefined();
  });

  it('takes a boundary within a line for what it is: content', () => {
    expect(dataOf(`${part('Content-Disposition: form-data; name="data"', 'x--b y')}--b--`)).toBe('x--b y');
  });

  it('reads a hundred parts of a hostile body, and no more', () => {
    const head = (name: string) => `Content-Disposition: form-data; name="${name}"`;
    const body = (others: number) => `${part(head('f'), 'x').repeat(others)}${part(head('data'), 'x')}--b--`;
    expect([dataOf(body(99)), dataOf(body(100))]).toEqual(['x', undefined]);
  });

  it('looks no further into a part than its head may reach', () => {
    const line = 'content-disposition:'.repeat(1000);
    expect(dataOf(`${part(`${line}\r\nContent-Disposition: form-data; name="data"`, 'x')}--b--`)).toBeUndefined();
  });

  it('refuses a boundary longer than the RFC allows', () => {
    expect(() => parse(Buffer.from('x'), 'b'.repeat(71))).toThrow('multipart boundary of 71 characters, RFC 2046 allows 70');
  });
});
