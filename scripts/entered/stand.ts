import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { openClient, type Send } from './client.ts';

const REGION = 'us-east-1';

/** A proxy in this process, its store in one of its own, and a client that imports nothing of `src/`. */
export interface Stand {
  /** Sends a request through the proxy, and waits until the proxy has logged it: then it is done with it. */
  readonly send: Send;
  readonly close: () => Promise<void>;
}

/** TLS on both sides, and a bucket `sealed` whose objects are encrypted. */
export async function openStand(): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-entered-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const { ca, cert, key } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
    await mkdir(join(folder, 'store'));
    const owner = credentials('OWNER');
    const caller = credentials('CALLER');
    const files = { 'ca.pem': ca, 'tls.crt': cert, 'tls.key': key, 'sealed.key': randomBytes(32) };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const store = await openStore(folder, owner);
    ends.push(store.close);
    await writeFile(join(folder, 'config.yaml'), configText(store.url, owner, caller));
    const { snapshot, problems } = await loadConfig(join(folder, 'config.yaml'));
    if (!snapshot) throw new Error(problems.map((each) => formatProblem(each, 'config.yaml')).join('\n'));
    const log = lastRequest();
    const proxy = await startProxy(snapshot, makeLog('info', log));
    ends.push(() => proxy.stop());
    const client = openClient({ url: proxy.urls[0] ?? '', ca, region: REGION, ...caller });
    ends.push(async () => client.close());
    const send: Send = async (request) => {
      const logged = log.next();
      const answer = await client.send(request);
      await logged;
      return answer;
    };
    return { send, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Pair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

function credentials(accessKeyId: string): Pair {
  return { accessKeyId, secretAccessKey: randomBytes(20).toString('hex') };
}

/** The sandbox as a process of its own, so that no function of its counts. It ends with its standard input. */
async function openStore(
  folder: string,
  owner: Pair,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const program = join(import.meta.dirname, '../../test/load/sandbox-process.ts');
  const args = [program, folder, owner.accessKeyId, owner.secretAccessKey, REGION];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const early = gone.then(([code]) => {
    throw new Error(`the store ended with exit code ${code} before it listened`);
  });
  const first = once(createInterface({ input: child.stdout }), 'line');
  const [url] = (await Promise.race([first, early])) as [string];
  early.catch(() => undefined);
  return {
    url,
    close: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

function configText(store: string, owner: Pair, caller: Pair): string {
  return `listen:
  - { address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }
upstream:
  endpoint: ${store.replace('127.0.0.1', 'localhost')}
  region: ${REGION}
  provider: aws
  addressing: path
  ca: ca.pem
  credentials: { accessKeyId: ${owner.accessKeyId}, secretAccessKey: ${owner.secretAccessKey} }
admin: off
clients:
  - { accessKeyId: ${caller.accessKeyId}, secretAccessKey: ${caller.secretAccessKey}, admin: true }
keys:
  sealed: { file: sealed.key }
rules:
  - match: { bucket: sealed }
    encrypt: [sealed]
`;
}

/** A log's destination that says when the next request has its line. */
function lastRequest(): { write(line: string): void; next(): Promise<void> } {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    write: (line) => {
      if ((JSON.parse(line) as { msg?: string }).msg === 'request') resolve();
    },
    next: () => {
      ({ promise, resolve } = Promise.withResolvers<void>());
      return promise;
    },
  };
}
