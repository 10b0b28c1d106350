import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import {
  CLIENT_LIMITS,
  CLIENT_TIMEOUTS,
  type ClientLimits,
  type ClientTimeouts,
} from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { listen } from '../../src/listener/listen.ts';
import { Load, overloadOf } from '../../src/listener/load.ts';
import { eventually, RawClient } from '../e2e/wire.ts';
import { onOwnClock } from '../support/own-clock.ts';

const SETTINGS = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
} as const;
const GET = ['GET / HTTP/1.1'];

async function stand(
  t: Test,
  limits: Partial<ClientLimits>,
  handler: Handler,
  timeouts: Partial<ClientTimeouts> = {},
) {
  const load = new Load({
    limits: { ...CLIENT_LIMITS, ...limits },
    timeouts: { ...CLIENT_TIMEOUTS, ...timeouts },
  });
  const listener = await listen(SETTINGS, handler, new ClientConnections(load));
  t.teardown(() => listener.drain(0));
  return { port: listener.port, load };
}

/** Refuses as the proxy does, and answers everything else. */
const answering: Handler = (request, response) => {
  request.resume();
  const limit = overloadOf(request);
  if (limit !== undefined) response.writeHead(503, ['connection', 'close']).end(limit);
  else response.end('ok');
};

/** Holds what it does not refuse. */
function holding(): { handler: Handler; held: ServerResponse[] } {
  const held: ServerResponse[] = [];
  const handler: Handler = (request, response) => {
    if (overloadOf(request) === undefined) held.push(response);
    else answering(request, response);
  };
  return { handler, held };
}

t.test('at the limit the connection that has been idle the longest gives way', async (t) => {
  const { port, load } = await stand(t, { connections: 2 }, answering);
  await onOwnClock(async ({ pass }) => {
    const [first, second] = [new RawClient(t, port).send(GET), new RawClient(t, port)];
    await first.until(/ok/);
    await second.send(GET).until(/ok/);
    const early = new RawClient(t, port).send(GET);
    t.match(await early.until(/connections/), /^HTTP\/1\.1 503 /, 'they have just been busy');
    await early.closed;
    await pass(1000);
    const third = new RawClient(t, port).send(GET);
    t.match(await third.until(/ok/), /ok$/);
    await first.closed;
    t.notOk(second.socket.destroyed);
    t.equal(load.connections, 2);
    t.equal(load.hits('connections'), 1);
  });
});

t.test(
  'when a reload lowers the limit, idle connections above it give way at once, and busy ones later',
  async (t) => {
    const { handler, held } = holding();
    const { port, load } = await stand(t, { connections: 6 }, handler);
    const clients = Array.from({ length: 6 }, () => new RawClient(t, port).send(GET));
    await eventually(() => held.length === 6);
    for (const response of held.slice(2)) response.end('ok');
    t.equal(clients.length, 6);
    load.use({ limits: { ...CLIENT_LIMITS, connections: 1 } });
    await eventually(() => load.connections === 2);
    await pause(500);
    t.equal(load.connections, 2, 'those with a request stay');
    for (const response of held.slice(0, 2)) response.end('ok');
    await eventually(() => load.connections === 1);
    await pause(500);
    t.equal(load.connections, 1);
  },
);

t.test('one that never said anything gives way when it had the time to begin', async (t) => {
  const { port, load } = await stand(t, { connections: 1 }, answering);
  await onOwnClock(async ({ pass }) => {
    const silent = new RawClient(t, port);
    await eventually(() => load.connections === 1);
    const early = new RawClient(t, port).send(GET);
    t.match(await early.until(/connections/), /^HTTP\/1\.1 503 /, 'it has just come');
    await pass(1000);
    const later = new RawClient(t, port).send(GET);
    t.match(await later.until(/ok/), /ok$/);
    await silent.closed;
  });
});

t.test('as many as the config says are kept for a refusal, for its time', async (t) => {
  const { handler, held } = holding();
  const { port, load } = await stand(t, { connections: 1, refusals: 2 }, handler, { refusal: 300 });
  new RawClient(t, port).send(GET);
  await eventually(() => held.length === 1);
  const silent = [new RawClient(t, port), new RawClient(t, port)];
  await eventually(() => load.used('refusals') === 2);
  const more = new RawClient(t, port);
  t.match(await more.until(/SlowDown/), /^HTTP\/1\.1 503 /, 'at once');
  t.equal(load.hits('refusals'), 1);
  for (const one of silent) await one.closed;
  await eventually(() => load.used('refusals') === 0);
  t.equal(load.timeoutsOf('refusal'), 2);
});

t.test('where none is idle, more are refused in words, and none hangs', async (t) => {
  const { handler, held } = holding();
  const { port, load } = await stand(t, { connections: 3 }, handler);
  for (let i = 0; i < 3; i += 1) new RawClient(t, port).send(GET);
  await eventually(() => held.length === 3);
  const more = Array.from({ length: 20 }, () => new RawClient(t, port).send(GET));
  await Promise.all(more.map(({ closed }) => closed));
  const refused = more.filter(({ received }) => received.startsWith('HTTP/1.1 503 '));
  t.equal(refused.length, 20);
  t.equal(load.hits('connections'), 20);
  t.equal(load.connections, 3);
  for (const response of held) response.end();
});

t.test('a connection above its limit of requests is told, and ends behind its answers', async (t) => {
  const { handler, held } = holding();
  const { port, load } = await stand(t, { requestsPerConnection: 2 }, handler);
  const client = new RawClient(t, port);
  client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500));
  await eventually(() => held.length === 2);
  await pause(50);
  for (const response of held) response.end('held');
  await client.closed;
  t.equal(client.received.split('held').length, 3, 'those within the limit are answered');
  t.match(client.received, /HTTP\/1\.1 503 [\s\S]*requestsPerConnection\r\n0\r\n\r\n$/);
  t.equal(load.hits('requestsPerConnection'), 1);
  t.equal(held.length, 2);
});

t.test('a client has its number of requests, and others have theirs', (t) => {
  const load = new Load({ limits: { ...CLIENT_LIMITS, requestsPerClient: 2 } });
  const requests = [{}, {}, {}, {}];
  t.ok(load.enter(requests[0] as object, 'a'));
  t.ok(load.enter(requests[1] as object, 'a'));
  t.notOk(load.enter(requests[2] as object, 'a'));
  t.ok(load.enter(requests[3] as object, 'b'));
  t.equal(load.used('requestsPerClient'), 2);
  load.leave(requests[2] as object);
  t.notOk(load.enter(requests[2] as object, 'a'), 'who was refused has nothing to leave');
  load.leave(requests[0] as object);
  load.leave(requests[0] as object);
  t.ok(load.enter(requests[2] as object, 'a'));
  t.equal(load.hits('requestsPerClient'), 2);
  t.end();
});

t.test('there are never more connections than the process has descriptors for', (t) => {
  const load = new Load({ room: 10 });
  t.equal(load.limits.connections, 10);
  load.use({ limits: { ...CLIENT_LIMITS, connections: 5 } });
  t.equal(load.limits.connections, 5);
  t.end();
});
