import net from 'node:net';
import t from 'tap';
import { Store } from '../lab/store.ts';
import type { StoreStep } from '../row.ts';

/** What a store says to one request on a connection of its own, until one of them ends it. */
async function said(port: number, request: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(`${request}\r\nhost: localhost\r\n\r\n`);
  let text = '';
  for await (const bytes of socket.setEncoding('latin1')) text += String(bytes);
  return text.split('\r\n', 1)[0] ?? '';
}

const REFUSES: readonly StoreStep[] = [{ say: 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n' }];

t.test('what another process asks at a port that was its own takes no turn of a row', async (t) => {
  const store = new Store({ cert: '', key: '' });
  t.teardown(() => store.close());
  const port = await store.open('row-1', { turns: [REFUSES] }, false);
  for (let i = 0; i < 6; i += 1) t.equal(await said(port, 'GET /docs/a HTTP/1.1'), '', 'it gets no answer');
  t.equal(await said(port, 'GET /row-1/plain/a HTTP/1.1'), 'HTTP/1.1 403 Forbidden');
  const { requests, connections } = await store.records('row-1');
  t.match(requests, [{ target: '/row-1/plain/a' }]);
  t.equal(connections.length, 1);
});

t.test('a request of another row is taken, and shows', async (t) => {
  const store = new Store({ cert: '', key: '' });
  t.teardown(() => store.close());
  const port = await store.open('row-1', {}, false);
  await store.open('row-2', {}, false);
  t.equal(await said(port, 'GET /row-2/plain/a HTTP/1.1'), 'HTTP/1.1 200 OK');
  t.match((await store.records('row-1')).requests, [{ target: '/row-2/plain/a' }]);
});
