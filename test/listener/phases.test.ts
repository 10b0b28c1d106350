import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import type { Test } from 'tap';
import t from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { bodyFaults } from '../../src/listener/body-fault.ts';
import { CLIENT_TIMEOUTS, type ClientTimeouts } from '../../src/listener/bounds.ts';
import { ClientConnections } from '../../src/listener/connections.ts';
import type { Handler } from '../../src/listener/handler.ts';
import { type Listener, listen } from '../../src/listener/listen.ts';
import { Load } from '../../src/listener/load.ts';
import { Phases } from '../../src/listener/phases.ts';
import { readWhole } from '../../src/listener/read-whole.ts';
import type { ListenerSettings } from '../../src/listener/settings.ts';
import { eventually, RawClient, STEADY_BYTES, STEADY_LIMITS, takeSteadily } from '../e2e/wire.ts';
import { onOwnClock } from '../support/own-clock.ts';

const PLAIN: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  tls: undefined,
  auth: 'none',
  permissions: { admin: false, grants: [] },
};
const HEAD = 'PUT / HTTP/1.1\r\nHost: a\r\n';
const SHORT = 300;

interface Stand {
  readonly listener: Listener;
  readonly load: Load;
}

/** A listener whose one phase is short. */
async function stand(
  t: Test,
  short: Partial<ClientTimeouts>,
  handler: Handler,
  settings: ListenerSettings = PLAIN,
): Promise<Stand> {
  const load = new Load({ timeouts: { ...CLIENT_TIMEOUTS, ...short } });
  const listener = await listen(settings, handler, new ClientConnections(load));
  t.teardown(() => listener.drain(0));
  return { listener, load };
}

/** Answers with the fault of the body, or with its length. */
const measuring: Handler = (request, response) => {
  let length = 0;
  request.on('data', (bytes: Buffer) => {
    length += bytes.length;
  });
  request.once('end', () => response.end(`${length} bytes`));
  request.once('error', (error: NodeJS.ErrnoException) => response.end(error.code));
};

/** Sends a byte every now and then, until the connection ends. */
function drip(client: RawClient, byte: string): void {
  const timer = setInterval(() => client.socket.write(byte), 50);
  client.socket.once('close', () => clearInterval(timer));
}

t.test('a head has its time, however it drips, and is told when it is late', async (t) => {
  const { listener, load } = await stand(t, { head: SHORT }, measuring);
  const client = new RawClient(t, listener.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: ');
  drip(client, 'a');
  await client.closed;
  t.match(client.received, /^HTTP\/1\.1 400 [\s\S]*<Code>RequestTimeout<[\s\S]*<\/Error>$/);
  t.equal(load.timeoutsOf('head'), 1);
});

t.test('a client that says nothing is ended without words', async (t) => {
  const { listener } = await stand(t, { head: SHORT }, measuring);
  const client = new RawClient(t, listener.port);
  await client.closed;
  t.equal(client.received, '');
});

// With a length, since the handler here reads to the end of a body, which a request without one does not have.
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';
const QUICK = { keepAlive: SHORT, head: SHORT };

for (const [what, before] of [
  ['behind an answer', GET],
  ['before a first request', ''],
] as const)
  t.test(`empty lines ${what} keep no connection`, async (t) => {
    const { listener, load } = await stand(t, QUICK, measuring);
    const client = new RawClient(t, listener.port);
    if (before !== '') {
      client.socket.write(before);
      await client.until(/bytes/);
    }
    drip(client, '\r\n');
    await client.closed;
    t.equal(load.timeoutsOf(before === '' ? 'head' : 'keepAlive'), 1);
    await eventually(() => load.connections === 0);
  });

t.test('a client that sends an empty line before its next request is served', async (t) => {
  const { listener } = await stand(t, { keepAlive: 20 * SHORT, head: 20 * SHORT }, measuring);
  const client = new RawClient(t, listener.port);
  client.socket.write(GET);
  await client.until(/bytes/);
  client.received = '';
  client.socket.write('\r\n');
  await pause(2 * SHORT);
  client.socket.write(GET);
  t.match(await client.until(/bytes/), /^HTTP\/1\.1 200 /);
});

t.test('a late head behind a request that is being answered does not disturb the answer', async (t) => {
  const { listener, load } = await stand(t, { head: SHORT }, (_request, response) => {
    response.write('begun ');
    setTimeout(() => response.end('done'), 4 * SHORT);
  });
  const client = new RawClient(t, listener.port).send(['GET /a HTTP/1.1'], 'GET /b HTTP/1.1\r\nHo');
  await client.closed;
  t.match(client.received, /begun [\s\S]*done/);
  t.equal(client.received.split('HTTP/1.1').length, 2, 'there is one answer');
  t.equal(load.timeoutsOf('head'), 1);
});

t.test('a handshake has its time, however it drips', async (t) => {
  const { cert, key, ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const settings = { ...PLAIN, tls: { cert, key } };
  const { listener, load } = await stand(
    t,
    { handshake: SHORT },
    (_request, response) => response.end(),
    settings,
  );
  const silent = new RawClient(t, listener.port);
  const dripping = new RawClient(t, listener.port);
  // The beginning of a record of 16 KiB.
  dripping.socket.write(Buffer.from('160301400001003ffc0303', 'hex'));
  drip(dripping, 'a');
  await Promise.all([silent.closed, dripping.closed]);
  t.equal(load.timeoutsOf('handshake'), 2);
  // Its handshake takes no time, however busy the machine is.
  await onOwnClock(async ({ pass }) => {
    const socket = tls.connect({ host: '127.0.0.1', port: listener.port, ca });
    t.teardown(() => void socket.destroy());
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    await eventually(() => load.connections === 1);
    await pass(2 * SHORT);
    t.notOk(socket.destroyed, 'one that is done stays');
  });
});

t.test('a body that stops coming fails, one that goes on does not', async (t) => {
  const { listener, load } = await stand(t, { body: 2 * SHORT }, measuring);
  const stopped = new RawClient(t, listener.port);
  stopped.socket.write(`${HEAD}Content-Length: 10\r\n\r\nabc`);
  t.match(await stopped.until(/RequestTimeout/), /RequestTimeout/);
  const slow = new RawClient(t, listener.port);
  slow.socket.write(`${HEAD}Content-Length: 20\r\n\r\n`);
  drip(slow, 'a');
  t.match(await slow.until(/20 bytes/), /20 bytes/);
  t.equal(load.timeoutsOf('body'), 1);
});

t.test('nobody is late who is not read', async (t) => {
  const { listener, load } = await stand(t, { body: SHORT }, (request, response) => {
    request.pause();
    setTimeout(() => measuring(request, response), 4 * SHORT);
    setTimeout(() => request.resume(), 4 * SHORT);
  });
  const client = new RawClient(t, listener.port);
  client.socket.write(`${HEAD}Content-Length: 3\r\n\r\n`);
  await pause(3 * SHORT);
  client.socket.write('abc');
  t.match(await client.until(/3 bytes/), /3 bytes/);
  t.equal(load.timeoutsOf('body'), 0);
});

t.test('a body that is read whole has its time, however it drips', async (t) => {
  const { listener, load } = await stand(t, { document: SHORT }, (request, response) => {
    readWhole(request);
    measuring(request, response);
  });
  const client = new RawClient(t, listener.port);
  client.socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
  drip(client, 'a');
  t.match(await client.until(/RequestTimeout/), /RequestTimeout/);
  t.equal(load.timeoutsOf('document'), 1);
});

t.test('what is left of a body after its answer has its time', async (t) => {
  const { listener, load } = await stand(t, { body: SHORT }, (request, response) => {
    request.resume();
    response.end('early');
  });
  const client = new RawClient(t, listener.port);
  client.socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`);
  drip(client, 'a');
  await client.closed;
  t.match(client.received, /early/);
  t.equal(load.timeoutsOf('rest'), 1);
});

t.test('a client that takes nothing of its answer is cut off, over TLS too', async (t) => {
  const { cert, key, ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  for (const pair of [undefined, { cert, key }]) {
    let finished = false;
    const handler: Handler = (request, response) => {
      request.resume();
      response.once('finish', () => {
        finished = true;
      });
      response.end(Buffer.alloc(32 * 1024 * 1024));
    };
    const { listener, load } = await stand(t, { answer: SHORT }, handler, { ...PLAIN, tls: pair });
    const at = { host: '127.0.0.1', port: listener.port };
    const socket = pair ? tls.connect({ ...at, ca }) : net.connect(at);
    t.teardown(() => void socket.destroy());
    socket.once('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.pause();
    await eventually(() => load.timeoutsOf('answer') === 1);
    await eventually(() => load.connections === 0);
    t.notOk(finished);
  }
});

t.test('a client that takes its answer slowly gets all of it', async (t) => {
  const size = 16 * 1024 * 1024;
  const { listener, load } = await stand(t, { answer: 4 * SHORT }, (request, response) => {
    request.resume();
    response.end(Buffer.alloc(size));
  });
  const socket = net.connect(listener.port, '127.0.0.1');
  t.teardown(() => void socket.destroy());
  let received = 0;
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  socket.on('data', (bytes: Buffer) => {
    received += bytes.length;
    socket.pause();
    setTimeout(() => socket.resume(), 8);
  });
  await new Promise((resolve) => socket.once('close', resolve));
  t.ok(received > size, `${received} bytes came`);
  t.equal(load.timeoutsOf('answer'), 0);
});

const ON_LINUX = { skip: process.platform !== 'linux' && 'only Linux tells what it holds' };

t.test('a steady client is not late, however much the system holds for it', ON_LINUX, async (t) => {
  const { cert, key, ca } = await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
  const trial = async (limit: number, pair?: { cert: string; key: string }): Promise<boolean> => {
    const handler: Handler = (request, response) => {
      request.resume();
      response.end(Buffer.alloc(64 * 1024 * 1024));
    };
    const { load, listener } = await stand(t, { answer: limit }, handler, { ...PLAIN, tls: pair });
    const at = { host: '127.0.0.1', port: listener.port };
    const socket = pair ? tls.connect({ ...at, ca }) : net.connect(at);
    t.teardown(() => void socket.destroy());
    socket.once('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const stop = takeSteadily(socket, (1000 * STEADY_BYTES) / limit);
    await pause(4 * limit);
    const late = load.timeoutsOf('answer') > 0;
    stop();
    await eventually(() => load.timeoutsOf('answer') === 1, 120);
    return !late;
  };
  const trials = async (name: string, pair?: { cert: string; key: string }): Promise<void> => {
    for (const limit of STEADY_LIMITS)
      if (await trial(limit, pair)) {
        t.pass(`${name}: late only when it takes nothing more`);
        return;
      }
    t.fail(`${name}: late, with every limit`);
  };
  await Promise.all([trials('plain'), trials('TLS', { cert, key })]);
});

t.test('a loop that was stuck looks at what had arrived before it calls anybody late', async (t) => {
  const trial = async (limit: number): Promise<boolean> => {
    const { listener, load } = await stand(t, { body: limit, head: limit }, measuring);
    const begun = performance.now();
    const body = new RawClient(t, listener.port);
    body.socket.write(`${HEAD}Content-Length: 6\r\n\r\nabc`);
    const head = new RawClient(t, listener.port);
    head.socket.write(HEAD);
    await eventually(() => load.connections === 2);
    // So that both waits are known by now.
    await pause(1.5 * SHORT);
    await new Promise((resolve) => setImmediate(resolve));
    // Who comes back too late, on a busy machine, has clients that are late indeed.
    if (performance.now() - begun > 0.9 * limit) return false;
    body.socket.write('def');
    head.socket.write('Content-Length: 0\r\n\r\n');
    // The client's side has written; the listener's, in the same process, sees it only when the loop goes on.
    const until = performance.now() + limit + 3 * SHORT;
    while (performance.now() < until);
    t.match(await body.until(/bytes/), /6 bytes/);
    t.match(await head.until(/bytes/), /0 bytes/);
    t.equal(load.timeoutsOf('body') + load.timeoutsOf('head'), 0);
    return true;
  };
  for (const limit of [2 * SHORT, 8 * SHORT, 32 * SHORT]) if (await trial(limit)) return;
  t.fail('this machine is too busy to try it');
});

t.test('who takes a body late is told of its fault', async (t) => {
  let fault: unknown;
  const { listener } = await stand(t, { document: SHORT }, (request, response) => {
    readWhole(request);
    request.pause();
    void eventually(() => bodyFaults.has(request)).then(() => {
      fault = bodyFaults.get(request);
      response.end('later');
    });
  });
  const client = new RawClient(t, listener.port);
  client.socket.write(`${HEAD}Content-Length: 10\r\n\r\n`);
  await client.until(/later/);
  t.match(fault, { code: 'RequestTimeout' });
});

t.test('those that are done are looked at no more, and all others are', async (t) => {
  const phases = new Phases(new Load());
  t.teardown(() => phases.stop());
  const looked = new Set<number>();
  const begin = (name: number): ReturnType<Phases['begin']> => {
    const request = {
      socket: { destroyed: false },
      get complete(): boolean {
        looked.add(name);
        return true;
      },
    };
    return phases.begin(request as unknown as IncomingMessage, new EventEmitter() as ServerResponse);
  };
  const begun = Array.from({ length: 9 }, (_, name) => begin(name));
  for (const name of [8, 0, 4, 4, 7, 1]) phases.answered(begun[name] as (typeof begun)[number]);
  begin(9);
  looked.clear();
  // At all of them in one go.
  await eventually(() => looked.size > 0);
  t.same(
    [...looked].toSorted((a, b) => a - b),
    [2, 3, 5, 6, 9],
  );
});
