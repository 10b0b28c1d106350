import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to whoever asks for any, such as the servers and clients of other tests: none of them
 * takes this one before it is used.
 */
const PORTS = { from: 12_000, to: 32_000 };

/** A port that nobody listens on, as text. It stays free until somebody asks for exactly this one. */
export async function freePort(): Promise<string> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return String(port);
  }
  throw new Error(`no port from ${PORTS.from} to ${PORTS.to} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
