import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { TlsFiles } from '../store.ts';

export interface TlsFront {
  /** `https://localhost:port`. */
  readonly endpoint: string;
  close(): void;
}

/** TLS for a store that has none of its own: bytes pass as they are, Host included. */
export async function tlsFront(port: string, { certFile, keyFile }: TlsFiles): Promise<TlsFront> {
  const open = new Set<TLSSocket>();
  const server = createServer(
    { cert: await readFile(certFile), key: await readFile(keyFile), allowHalfOpen: true },
    (client) => {
      const store = connect({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
      open.add(client);
      client.once('close', () => {
        open.delete(client);
        store.destroy();
      });
      store.once('close', () => client.destroy());
      for (const socket of [client, store]) socket.on('error', () => undefined);
      client.pipe(store).pipe(client);
    },
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
