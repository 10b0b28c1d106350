import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { inOrder } from '../../src/listener/in-order.ts';
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

t.test('of each connection one request begins in a turn of the event loop', async (t) => {
  const begun: string[] = [];
  const line = inOrder(({ url = '' }) => void begun.push(url));
  for (const name of ['a', 'b']) {
    const socket = { writable: true };
    for (const at of [1, 2, 3]) {
      const request = { socket, method: 'GET', url: `${name}${at}` } as unknown as IncomingMessage;
      line.take(request, new EventEmitter() as ServerResponse);
    }
  }
  t.same(begun, ['a1', 'b1']);
  await turn();
  t.same(begun, ['a1', 'b1', 'a2', 'b2']);
  await turn();
  t.same(begun, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
});

t.test('a handler that throws keeps no other connection from its turn', async (t) => {
  const begun: string[] = [];
  const faults: unknown[] = [];
  const line = inOrder(({ url = '' }) => {
    begun.push(url);
    if (url === 'a2') throw new Error('a fault');
  });
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', (fault) => faults.push(fault));
  t.teardown(() => {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  });
  for (const name of ['a', 'b', 'c']) {
    const socket = { writable: true };
    for (const at of [1, 2, 3]) {
      const request = { socket, method: 'GET', url: `${name}${at}` } as unknown as IncomingMessage;
      line.take(request, new EventEmitter() as ServerResponse);
    }
  }
  for (let turns = 0; turns < 8; turns += 1) await turn();
  t.equal(faults.length, 1);
  t.same(begun.toSorted(), ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3']);
});
