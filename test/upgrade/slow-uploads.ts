import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Credentials } from '../../src/secret.ts';
import { sign } from '../../src/sigv4/sign.ts';

const PIECE = Buffer.alloc(64 * 1024, 'slow upload');
const PIECES = 16;
/** All of an upload takes some seconds: longer than what a pod that is about to end has left before its listeners end. */
const BETWEEN_MS = 500;

interface Setting {
  readonly base: string;
  readonly ca: string;
  readonly credentials: Credentials;
  readonly region: string;
  readonly path: string;
}

/** Slow uploads, one after the other, each on a connection of its own. */
export function startSlowUploads(setting: Setting): {
  stop(): Promise<{ done: number; failures: string[] }>;
} {
  const stopping = new AbortController();
  const failures: string[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const status = await upload(setting).catch(String);
      if (status === 200) done += 1;
      else failures.push(`PUT ${setting.path}: ${status}`);
    }
  };
  const working = work();
  return {
    stop: async () => {
      stopping.abort();
      await working;
      return { done, failures };
    },
  };
}

async function upload({ base, ca, credentials, region, path }: Setting): Promise<number | undefined> {
  const { host, hostname, port } = new URL(base);
  const headers = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
  const signature = sign({ method: 'PUT', path, headers }, { credentials, region, now: new Date() });
  const request = https.request({
    method: 'PUT',
    hostname,
    port,
    path,
    ca,
    agent: false,
    headers: { ...headers, ...signature, 'content-length': PIECE.length * PIECES },
  });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.on('response', (response) => response.resume().once('end', () => resolve(response.statusCode)));
    request.on('error', reject);
  });
  const sent = (async () => {
    for (let piece = 0; piece < PIECES; piece += 1) {
      request.write(PIECE);
      await pause(BETWEEN_MS);
    }
    request.end();
  })();
  const [status] = await Promise.all([answered, sent]);
  return status;
}
