import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { TlsFiles } from '../../matrix/store.ts';
import type { Place } from './stand.ts';

/** A store that deletes nothing and says that it did: what was written once stays on its disks. */
export interface KeepingFront extends Place {
  stop(): Promise<void>;
}

export async function startKeepingFront(
  store: Place,
  { caFile, certFile, keyFile }: TlsFiles,
): Promise<KeepingFront> {
  const { hostname, port } = new URL(store.endpoint);
  const ca = await readFile(store.caFile);
  // The Host goes on as it came: it is signed.
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method, url: path, headers } = asked;
    const forwarded = request({ hostname, port, ca, method, path, headers, agent: false });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      forwarded.once('response', resolve).once('error', reject);
    });
    await pipeline(asked, forwarded);
    const given = await answered;
    answer.writeHead(given.statusCode ?? 502, given.headers);
    await pipeline(given, answer);
  };
  const serve = (asked: IncomingMessage, answer: ServerResponse): void => {
    if (deletes(asked)) pretend(asked, answer);
    else pass(asked, answer).catch(() => answer.destroy());
  };
  const tls = { cert: await readFile(certFile), key: await readFile(keyFile) };
  const server = createServer(tls, serve);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    caFile,
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function deletes({ method, url = '' }: IncomingMessage): boolean {
  return method === 'DELETE' || (method === 'POST' && /[?&]delete(?:[=&]|$)/.test(url));
}

function pretend(asked: IncomingMessage, answer: ServerResponse): void {
  asked.resume();
  asked.once('end', () => {
    if (asked.method === 'DELETE') answer.writeHead(204).end();
    else answer.writeHead(200, { 'content-type': 'application/xml' }).end('<DeleteResult/>');
  });
}
