import { describe, expect, it } from 'vitest';
import { parseMultipart } from './multipart.js';

/** The body that any client's form data becomes, with its boundary. */
async function encode(form: FormData): Promise<{ body: Buffer; boundary: string }> {
  const response = new Response(form);
  const boundary = /boundary=(.+)$/.exec(response.headers.get('content-type') ?? '')?.[1] ?? '';
  return { body: Buffer.from(await response.arrayBuffer()), boundary };
}

const part = (head: string, content: string) => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const fieldsOf = (body: string) =>
  Object.fromEntries([...parseMultipart(Buffer.from(body), 'b')].map(([name, value]) => [name, value.toString()]));

describe('parseMultipart', () => {
  it('reads what a standard client writes, files and bytes among it', async () => {
    const form = new FormData();
    const bytes = Buffer.from([0x1f, 0x8b, 0x0d, 0x0a, 0x2d, 0x2d, 0xff]);
    form.set('compression', 'gzip');
    form.set('data', new File([bytes], 'name=other.gz'));
    const { body, boundary } = await encode(form);
    const fields = parseMultipart(body, boundary);
    expect([fields.get('compression')?.toString(), fields.get('data')]).toEqual(['gzip', bytes]);
  });

  it.each([
    ['a name without quotes', 'Content-Disposition: form-data; name=data', { data: 'x' }],
    ['a head in lower case', 'content-disposition: form-data; name="data"', { data: 'x' }],
    ['more lines in the head', 'Content-Type: text/plain\r\nContent-Disposition: form-data; name="data"\r\nX: y', { data: 'x' }],
    ['a file name alone', 'Content-Disposition: form-data; filename="data"', {}],
    ['no name', 'Content-Type: text/plain', {}],
  ])('with %s', (_, head, expected) => {
    expect(fieldsOf(`${part(head, 'x')}--b--\r\n`)).toEqual(expected);
  });

  it('passes over a preamble, and over a part that never ends', () => {
    const head = 'Content-Disposition: form-data; name=';
    expect(fieldsOf(`preamble\r\n${part(`${head}"a"`, '1')}${part(`${head}"b"`, '2')}`)).toEqual({ a: '1' });
    expect(fieldsOf('--b\r\nno head\r\n--b--')).toEqual({});
    expect(fieldsOf('')).toEqual({});
  });

  it('reads a hundred parts of a hostile body, and no more', () => {
    const parts = Array.from({ length: 500 }, (_, i) => part(`Content-Disposition: form-data; name="f${i}"`, 'x'));
    expect(Object.keys(fieldsOf(`${parts.join('')}--b--`))).toHaveLength(100);
  });
});
