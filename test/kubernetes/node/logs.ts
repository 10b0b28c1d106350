import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { makeSelfSigned } from '../../../src/cli/certificate.ts';
import { NODE_IP } from '../cluster/network.ts';

/** Where the API server asks for logs, of each node. */
export const LOGS_PORT = 10250;

/** Answers what `kubectl logs` asks through the API server: all that a container has printed, once. */
export async function serveLogs(
  fileOf: (namespace: string, pod: string, container: string) => string | undefined,
): Promise<Server> {
  const { cert, key } = await makeSelfSigned({ names: [], addresses: [NODE_IP], days: 2, now: new Date() });
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'https://node');
    const [, what, namespace = '', pod = '', container = ''] = pathname.split('/');
    const file = what === 'containerLogs' ? fileOf(namespace, pod, container) : undefined;
    readFile(file ?? '').then(
      (text) => response.end(text),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(LOGS_PORT, NODE_IP);
  await once(server, 'listening');
  return server;
}
