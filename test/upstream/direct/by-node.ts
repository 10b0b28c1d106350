import http, { type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';

/** What a reader made of the bytes of an answer. */
export type Read =
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly rawHeaders: readonly string[];
      readonly body: string;
      readonly rawTrailers: readonly string[];
      readonly complete: boolean;
    };

/** What Node's own client makes of them: the oracle. */
export function readByNode(method: string, pieces: readonly Buffer[]): Promise<Read> {
  return new Promise((resolve) => {
    const socket = socketOf(pieces);
    const request = http.request({ method, createConnection: () => socket, maxHeaderSize: 32 * 1024 });
    const refused = (error?: Error): void => {
      socket.destroy();
      resolve({ kind: 'refused', why: error?.message ?? 'closed' });
    };
    request.on('response', (response) => void collect(response).then(resolve));
    request.on('upgrade', () => refused(new Error('upgrade')));
    request.on('error', refused).on('close', () => setImmediate(refused));
    request.end();
  });
}

/** Takes a request, and sends the pieces and an end as soon as it came. */
function socketOf(pieces: readonly Buffer[]): Duplex {
  let sent = false;
  return new Duplex({
    read: () => undefined,
    write(_piece, _encoding, done) {
      done();
      if (sent) return;
      sent = true;
      for (const piece of pieces) this.push(piece);
      this.push(null);
    },
  });
}

function collect(response: IncomingMessage): Promise<Read> {
  return new Promise((resolve) => {
    const body: Buffer[] = [];
    response.on('data', (piece: Buffer) => body.push(piece)).on('error', () => undefined);
    response.on('close', () => {
      const { statusCode = 0, rawHeaders, rawTrailers, complete } = response;
      const text = Buffer.concat(body).toString('latin1');
      resolve({ kind: 'answer', status: statusCode, rawHeaders, body: text, rawTrailers, complete });
    });
  });
}
