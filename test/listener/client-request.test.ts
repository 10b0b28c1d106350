import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import t from 'tap';
import { ClientRequest } from '../../src/listener/requests.ts';

/** The request as a server of Node's sees it that makes its requests of this class. */
async function received(Class: typeof IncomingMessage, head: readonly string[]): Promise<IncomingMessage> {
  const server = createServer({ IncomingMessage: Class, requireHostHeader: false });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const asked = once(server, 'request');
  server.on('checkContinue', (request) => server.emit('request', request));
  server.on('checkExpectation', (request) => server.emit('request', request));
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [request] = (await asked) as [IncomingMessage];
  socket.destroy();
  server.close();
  return request;
}

const HEADS: readonly (readonly string[])[] = [
  ['GET / HTTP/1.1', 'Host: a', 'Authorization: AWS4', 'x-amz-date: now'],
  ['PUT / HTTP/1.1', 'HOST: a', 'Content-Length: 0', 'Expect: 100-continue'],
  ['PUT / HTTP/1.1', 'Host: a', 'transfer-encoding: chunked', 'Expect: something'],
  ['GET / HTTP/1.1', 'Host: a', 'Connection: keep-alive, TE', 'TE: trailers', 'X-Forwarded-For: 10.0.0.1'],
  ['GET / HTTP/1.0', 'Te: chunked'],
  ['GET / HTTP/1.1', 'host:', 'connection:', 'constructor: a', '__proto__: b'],
];

const FOR_THE_LINE = ['authorization', 'x-amz-date', 'constructor', '__proto__'];

t.test("what is looked up in a request is what Node's own class says of it", async (t) => {
  for (const head of HEADS) {
    const [own, nodes] = [await received(ClientRequest, head), await received(IncomingMessage, head)];
    const expected = Object.entries(nodes.headers).filter(([name]) => !FOR_THE_LINE.includes(name));
    t.strictSame(own.headers, Object.fromEntries(expected), head.join(' | '));
    t.same(own.rawHeaders, nodes.rawHeaders);
  }
});

t.test('lines of one name are one list, as Node has them', async (t) => {
  const head = [
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: x',
    'connection: Upgrade',
    'x-forwarded-for: 1.1.1.1',
  ];
  const { headers } = await received(ClientRequest, [...head, 'X-Forwarded-For: 2.2.2.2']);
  t.match(headers, { connection: 'x,Upgrade', 'x-forwarded-for': '1.1.1.1,2.2.2.2' });
});

t.test('its headers are read once, and by Node itself', async (t) => {
  const request = await received(ClientRequest, HEADS[0] ?? []);
  const { wire } = request as ClientRequest;
  t.equal(wire?.joined('authorization'), 'AWS4');
  t.equal(request.headers, request.headers);
  t.equal((request as ClientRequest).wire, wire);
});
