import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import t from 'tap';
import { listen } from '../../src/listener/listen.ts';

const request = (method: string, target: string): string =>
  `${method} ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`;

t.test('whatever stands behind a write waits for its answer, also behind another read', async (t) => {
  const begun: string[] = [];
  const open = new Map<string, ServerResponse>();
  const settings = { host: '127.0.0.1', port: 0, tls: undefined, auth: 'none' } as const;
  const permissions = { admin: false, grants: 'all' } as const;
  const listener = await listen({ ...settings, permissions }, ({ url = '', method }, response) => {
    begun.push(url);
    if (method === 'PUT') open.set(url, response);
    else response.end();
  });
  t.teardown(() => listener.drain(0));
  const socket = connect(listener.port, '127.0.0.1');
  t.teardown(() => void socket.destroy());
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
  });
  const reads = Array.from({ length: 20 }, (_, i) => `/read-${i}`);
  socket.write([request('PUT', '/write'), ...reads.map((target) => request('GET', target))].join(''));
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(() => open.has('/write'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.same(begun, ['/write']);
  open.get('/write')?.end();
  await until(() => received.split('HTTP/1.1 200').length === 22);
  t.same(begun, ['/write', ...reads]);
});
