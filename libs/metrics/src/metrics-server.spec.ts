import { connect, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { listen } from './metrics-listener.js';
import { metricsServer } from './metrics-server.js';

let stop = () => {};
afterEach(() => stop());

it('begins one of many pipelined requests at a time', async () => {
  const asked: ((page: Buffer) => void)[] = [];
  const server = metricsServer(() => new Promise((resolve) => asked.push(resolve)));
  const { port } = new URL(await listen(server, { host: '127.0.0.1', port: 0 }));
  const client: Socket = connect(Number(port), '127.0.0.1');
  stop = () => {
    client.destroy();
    server.close();
  };
  let answers = '';
  client.on('data', (bytes) => (answers += bytes.toString()));
  client.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toHaveLength(1);
  for (let i = 0; i < 500; i++) {
    await vi.waitFor(() => expect(asked).toHaveLength(i + 1), { interval: 1 });
    asked[i](Buffer.from('a_page'));
  }
  await vi.waitFor(() => expect(answers.match(/a_page/g)).toHaveLength(500));
});
