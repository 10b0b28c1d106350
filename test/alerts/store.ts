import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How a store behaves, for a fault. `unproven`: it answers as if it had never heard of SSE-C. */
export type Behaviour =
  | { readonly kind: 'well' }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'breaks off' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'refuses'; readonly code: string }
  | { readonly kind: 'unproven' };

const SSEC = 'x-amz-server-side-encryption-customer-';

/** The least that is a store to the proxy: it keeps nothing, and proves each encryption. */
export async function startStore(behaviour: Behaviour): Promise<{ port: number; close(): void }> {
  const server = http.createServer((request, response) => {
    request.resume();
    void answer(behaviour, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  behaviour: Behaviour,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  if (behaviour.kind === 'hangs') return;
  if (behaviour.kind === 'slow') await pause(behaviour.ms);
  if (behaviour.kind === 'refuses') {
    const xml = `<Error><Code>${behaviour.code}</Code><Message>No.</Message></Error>`;
    response.writeHead(403, { 'content-type': 'application/xml' }).end(xml);
    return;
  }
  if (behaviour.kind === 'breaks off') {
    response.writeHead(200, { 'content-length': 1000 }).write('the beginning');
    await pause(5);
    response.destroy();
    return;
  }
  const echo = Object.entries(request.headers).filter(
    ([name]) => name === `${SSEC}algorithm` || name === `${SSEC}key-md5`,
  );
  const headers = behaviour.kind === 'unproven' ? {} : Object.fromEntries(echo);
  const body = request.method === 'GET' ? 'content' : '';
  response
    .writeHead(200, { ...headers, etag: '"9a0364b9e99bb480dd25e1f0284c8555"', 'content-length': body.length })
    .end(body);
}
