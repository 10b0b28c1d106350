import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeExchange } from '../../../src/proxy/exchange.ts';
import { relayBody } from '../../../src/proxy/reply/relay-body.ts';
import type { Reply } from '../../../src/proxy/reply/reply.ts';
import { DirectResponse } from '../../../src/upstream/direct/direct-response.ts';
import { ownBuffer } from '../../../src/upstream/let-go.ts';
import { planOf } from '../../support/planned.ts';
import { snapshotOf } from '../../support/snapshot.ts';

const SIZE = 64 * 1024;
/** More than systems take for a client that reads nothing. */
const FILLING = Buffer.alloc(32 * 1024 * 1024);

interface Asked {
  readonly client: Socket;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A client that has sent a request and reads nothing. */
async function asked(t: Test): Promise<Asked> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  t.teardown(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  client.write('GET /plain/a HTTP/1.1\r\nHost: a\r\n\r\n');
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  request.socket.on('error', () => undefined);
  return { client, request, response };
}

/** Relays an answer all of which is there. @returns its memory */
function relayWhole({ request, response }: Asked): Buffer {
  const whole = ownBuffer(SIZE).fill('x');
  const answer = new DirectResponse(
    { status: 200, minor: 1, rawHeaders: ['Content-Length', String(SIZE)] },
    { wanted: () => undefined, oneByOne: false },
  );
  answer.bringWhole(whole);
  const reply = {
    exchange: makeExchange(request, response),
    answer: { response: answer, destroy: () => undefined },
    plan: planOf(
      { method: 'GET', rawTarget: '/plain/a' },
      snapshotOf({ rules: [{ bucket: 'plain', encrypt: 'off' }] }),
    ),
    form: undefined,
  };
  void relayBody(reply as unknown as Reply);
  return whole;
}

t.test('the memory of a short answer is freed when the system has taken it', async (t) => {
  const all = await asked(t);
  const whole = relayWhole(all);
  all.client.resume();
  await once(all.response, 'finish');
  await turnOfTheLoop();
  t.equal(whole.byteLength, 0);
});

t.test('the memory of a short answer stays while its write may still read it: the client left', async (t) => {
  const all = await asked(t);
  all.request.socket.write(FILLING);
  const whole = relayWhole(all);
  await turnOfTheLoop();
  t.ok(all.request.socket.writableLength > SIZE, 'the answer waits');
  all.client.resetAndDestroy();
  await once(all.response, 'close');
  await turnOfTheLoop();
  t.equal(whole.byteLength, SIZE);
});
