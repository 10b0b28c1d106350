import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type Exchange, makeExchange } from '../../src/proxy/exchange.ts';

/** One request over a real socket, and its exchange while it is under way. */
export interface Underway {
  readonly exchange: Exchange;
  /** Goes away as a client that leaves does. */
  readonly leave: () => void;
  /** Answers; resolves to all that the client got. */
  readonly answer: () => Promise<string>;
}

/** Runs `use` on the exchange of a raw request, sent with real bytes; everything is closed afterwards. */
export async function withExchange(raw: string, use: (underway: Underway) => Promise<void>): Promise<void> {
  const server = http.createServer();
  const arrived = new Promise<Exchange>((resolve) => {
    server.once('request', (request, response) => resolve(makeExchange(request, response)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(raw);
  try {
    const exchange = await arrived;
    const answer = async (): Promise<string> => {
      exchange.response.setHeader('connection', 'close').end();
      await closed;
      return received;
    };
    await use({ exchange, leave: () => void socket.destroy(), answer });
  } finally {
    socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The response to a GET from a server that says just these header lines, over a real socket. */
export async function responseWith(
  head: readonly string[],
  use: (response: IncomingMessage) => Promise<void>,
): Promise<void> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(['HTTP/1.1 200 OK', ...head, '', ''].join('\r\n'), 'latin1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', agent: false }, resolve).on('error', reject);
    });
    await use(response);
    response.destroy();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
