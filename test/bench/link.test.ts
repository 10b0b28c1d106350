import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { type Expected, Link } from './load/link.ts';

const BODY = Buffer.from('0123456789'.repeat(10_000));
const EXPECTED: Expected = { status: 200, headOnly: false, body: BODY };
const head = (length: number, more = ''): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n${more}\r\n`;

t.test('a link takes the answer that is expected', async (t) => {
  const { link } = await linked(t, (socket) => {
    socket.write(head(BODY.length));
    socket.write(BODY);
  });
  await link.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'), EXPECTED);
  await link.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'), EXPECTED);
});

t.test('a body that is sent arrives whole', async (t) => {
  const body = Buffer.alloc(3_000_000, 'x');
  let got = 0;
  const { link } = await linked(t, (socket, bytes) => {
    got += bytes.length;
    if (got === body.length) socket.write(head(0, `x-amz-meta-received: ${got}\r\n`));
  });
  await link.send(body, { status: 200, headOnly: false, received: body.length });
  t.equal(got, body.length);
});

t.test('the answer to HEAD has no body', async (t) => {
  const { link } = await linked(t, (socket) => void socket.write(head(BODY.length)));
  await link.send(Buffer.from('HEAD / HTTP/1.1\r\n\r\n'), { ...EXPECTED, headOnly: true });
});

const WRONG: Readonly<Record<string, { answer: (string | Buffer)[]; expected?: Expected; says: RegExp }>> = {
  'another status': { answer: ['HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n'], says: /not a 200/ },
  'another length': { answer: [head(BODY.length - 1), BODY.subarray(1)], says: /another length/ },
  'one other byte': {
    answer: [head(BODY.length), BODY.subarray(0, -1), 'x'],
    says: /the body differs/,
  },
  'a byte too many': { answer: [head(BODY.length), BODY, 'x'], says: /more bytes|nobody/ },
  'no length': { answer: ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'], says: /another length/ },
  'a store that got less': {
    answer: [head(0, 'x-amz-meta-received: 9\r\n')],
    expected: { status: 200, headOnly: false, received: 10 },
    says: /got less than 10/,
  },
  'a store that says nothing': {
    answer: [head(0)],
    expected: { status: 200, headOnly: false, received: 10 },
    says: /got less than 10/,
  },
};

for (const [name, { answer, expected = EXPECTED, says }] of Object.entries(WRONG))
  t.test(`a link refuses ${name}`, async (t) => {
    const { link } = await linked(
      t,
      (socket) => void socket.write(Buffer.concat(answer.map((one) => Buffer.from(one)))),
    );
    const request = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    // What comes behind an answer is found at the next request, at the latest.
    await t.rejects(
      link.send(request, expected).then(() => link.send(request, expected)),
      { message: says },
    );
  });

t.test('a link refuses an answer that ends early', async (t) => {
  const { link } = await linked(t, (socket) => {
    socket.end(head(BODY.length));
  });
  await t.rejects(link.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'), EXPECTED), { message: /closed/ });
});

async function linked(t: Test, answer: (socket: TLSSocket, bytes: Buffer) => void): Promise<{ link: Link }> {
  const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => answer(socket, bytes));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const link = await Link.open({ port, host: '127.0.0.1', ca });
  t.teardown(() => {
    link.close();
    server.close();
  });
  return { link };
}
