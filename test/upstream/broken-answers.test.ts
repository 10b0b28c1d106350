import type { ServerResponse } from 'node:http';
import t from 'tap';
import { Leaving } from '../../src/leaving.ts';
import type { Answer } from '../../src/upstream/answer.ts';
import { poolOf } from '../../src/upstream/connections.ts';
import { forward } from '../../src/upstream/forward.ts';
import { loadTransport } from '../../src/upstream/transports.ts';
import { eventually, httpStore } from '../e2e/wire.ts';
import { snapshotOf } from '../support/snapshot.ts';

/** What a store does with an answer, what its reader does, and how many of them count as broken off. */
const CASES: Readonly<
  Record<string, readonly [(response: ServerResponse) => void, (answer: Answer) => void, number]>
> = {
  'the store ends the connection': [
    (response) => {
      half(response);
      setImmediate(() => response.socket?.destroy());
    },
    read,
    1,
  ],
  'the store sends no more': [half, read, 1],
  'the framing breaks': [
    (response) => {
      response.write('half');
      setImmediate(() => response.socket?.write('no chunk\r\n'));
    },
    read,
    1,
  ],
  'nobody wants the rest': [half, ({ destroy }) => destroy(), 0],
  'the answer is whole': [(response) => response.end('half'), read, 0],
};

for (const transport of ['direct', 'http-proxy'] as const)
  t.test(`${transport}: an answer counts as broken off when the store ends it in its middle`, async (t) => {
    await loadTransport(transport);
    for (const [what, [answerWith, use, expected]] of Object.entries(CASES)) {
      const store = await httpStore(t, (_request, response) => answerWith(response));
      const { upstream } = snapshotOf({});
      const there = {
        ...upstream,
        transport,
        protocol: 'http:',
        hostname: '127.0.0.1',
        port: store.port,
        timeouts: { ...upstream.timeouts, idle: 300 },
      } as const;
      const counts = { ended: [] as string[], broke: 0 };
      const pool = poolOf(there, {
        events: {
          refused: () => {},
          waited: () => {},
          waitedFor: () => {},
          ended: (_name, end) => void counts.ended.push(end),
          broke: () => {
            counts.broke += 1;
          },
        },
      });
      const asked = { method: 'GET', path: '/b/k', headers: { host: 'b' }, upstream: there };
      const attempt = { ...asked, body: undefined, fresh: false, signal: new Leaving() };
      const answer = await forward(attempt, pool);
      answer.response.on('error', () => undefined);
      use(answer);
      await eventually(() => answer.response.closed);
      t.strictSame(counts, { ended: ['2xx'], broke: expected }, what);
      pool.destroy();
    }
  });

function half(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1000 }).write('half');
}

function read({ response }: Answer): void {
  response.resume();
}
