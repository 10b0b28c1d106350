import net from 'node:net';
import t from 'tap';
import { bytesOf, framed, headerSigned, type Signing, type WireRequest } from '../support/wire-requests.ts';
import { CLIENT, hostOf, READER, signingAs, startBodyStand } from './body-stand.ts';

/** Sends the head alone; the body only when it is asked for. All that came back, one character a byte. */
function converse(port: number, request: WireRequest): Promise<string> {
  const head = bytesOf({
    ...request,
    headers: [...request.headers, { name: 'expect', value: '100-continue' }],
    body: [],
  });
  const body = request.body.map(({ value }) => value).join('');
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    const finish = (): void => {
      socket.destroy();
      resolve(received);
    };
    socket.on('data', (piece: Buffer) => {
      received += piece.toString('latin1');
      if (received === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(body, 'latin1');
      else if (/HTTP\/1\.1 2[\s\S]*\r\n\r\n|<\/Error>/.test(received)) finish();
    });
    socket.on('error', finish).on('close', finish);
    socket.write(head);
  });
}

const INVITED = /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /;

t.test('a body is asked for when the request is let in, and not before', async (t) => {
  const { ports } = await startBodyStand(t);
  const asked = (path: string): { method: string; path: string; host: string } => ({
    method: 'PUT',
    path,
    host: hostOf(ports.http),
  });
  const kinds: Readonly<Record<string, (path: string, signing: Signing) => WireRequest>> = {
    'a hashed body': (path, signing) => headerSigned(asked(path), 'body', signing),
    'signed chunks': (path, signing) => framed(asked(path), 'body', signing, { framing: 'chunks' }),
    'signed chunks of nothing': (path, signing) => framed(asked(path), '', signing, { framing: 'chunks' }),
    'a trailer': (path, signing) => framed(asked(path), 'body', signing, { framing: 'unsigned trailer' }),
    'a trailer behind nothing': (path, signing) =>
      framed(asked(path), '', signing, { framing: 'unsigned trailer' }),
  };
  const forged = { ...signingAs(CLIENT), secretAccessKey: 'another' };
  for (const [name, make] of Object.entries(kinds)) {
    t.match(await converse(ports.http, make('/secret/k', signingAs(CLIENT))), INVITED, name);
    const refused = {
      'a bad signature': [make('/secret/k', forged), 'SignatureDoesNotMatch'],
      'no permission': [make('/secret/k', signingAs(READER)), 'AccessDenied'],
      'no rule': [make('/nobodys/k', signingAs(CLIENT)), 'AccessDenied'],
    } as const;
    for (const [why, [request, code]] of Object.entries(refused)) {
      const received = await converse(ports.http, request);
      t.match(received, /^HTTP\/1\.1 403 /, `${name}, ${why}: no 100 before the refusal`);
      t.match(received, `<Code>${code}</Code>`);
    }
  }
});
