import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatProblem } from '../../config/problem.ts';
import type { Io } from '../../io.ts';
import { firstSignal } from '../../lifecycle.ts';
import { type Logger, makeLog } from '../../log.ts';
import { LogDestination } from '../../log-destination.ts';
import { logOutput } from '../../log-output.ts';
import { type RunningProxy, startProxy } from '../../proxy/serve.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type Credentials, Secret } from '../../secret.ts';
import { loadConfig } from '../../snapshot/load.ts';
import { makeCertificates } from '../certificate.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Demo } from './demo.ts';
import { type Ask, ask } from './request.ts';
import { welcome } from './text.ts';

const REGION = 'us-east-1';
const PORTS = { proxy: 8443, store: 9443 };

/** `ssec-proxy demo`: proxy and sandbox in one process, with a certificate of their own, until SIGTERM or SIGINT. */
export async function demo(_asked: object, io: Io): Promise<number> {
  const stopping = firstSignal();
  const destination = new LogDestination(logOutput(1));
  const { folder, remove } = temporaryFolder('ssec-proxy-demo-');
  try {
    // What the demo itself asks would stand before what it says.
    const log = makeLog('warn', destination);
    const { proxy, sandbox, ...made } = await start(folder, log);
    io.stdout.write(welcome(made, await prove(made)));
    log.level = 'info';
    await stopping;
    await proxy.stop();
    await sandbox.close();
  } finally {
    await destination.end();
    remove();
  }
  return 0;
}

/** Starts both in `folder`. On ports of their own choosing when the usual ones are taken. */
async function start(folder: string, log: Logger): Promise<Demo & { proxy: RunningProxy; sandbox: Sandbox }> {
  const { ca, ...tls } = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const client = credentials('DEMOCLIENT');
  const owner = credentials('DEMOSTORE');
  const store = join(folder, 'store');
  await mkdir(store);
  const sandbox = await orAnyPort(PORTS.store, (port) =>
    startSandbox({ host: '127.0.0.1', port, tls, directory: store, credentials: [owner], region: REGION }),
  );
  const storeUrl = `https://localhost:${sandbox.port}`;
  const files = { 'ca.pem': ca, 'tls.crt': tls.cert, 'tls.key': tls.key, 'demo.key': randomBytes(32) };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  const proxy = await orAnyPort(PORTS.proxy, async (port) => {
    await writeFile(join(folder, 'config.yaml'), configText({ port, storeUrl, client, owner }), {
      mode: 0o600,
    });
    const { snapshot, problems } = await loadConfig(join(folder, 'config.yaml'));
    if (!snapshot)
      throw new Error(problems.map((problem) => formatProblem(problem, 'config.yaml')).join('\n'));
    return await startProxy(snapshot, log);
  });
  const proxyUrl = proxy.urls[0]?.replace('127.0.0.1', 'localhost') ?? '';
  return {
    ca,
    caFile: join(folder, 'ca.pem'),
    proxyUrl,
    storeUrl,
    client,
    owner,
    region: REGION,
    proxy,
    sandbox,
  };
}

/** Puts an object through the proxy and asks both sides for it; what is printed is what was answered. */
async function prove({ ca, proxyUrl, storeUrl, client, owner, region }: Demo): Promise<readonly Ask[]> {
  const through = { base: proxyUrl, credentials: client, ca, region };
  const direct = { base: storeUrl, credentials: owner, ca, region };
  await ask({ ...through, method: 'PUT', path: '/demo' });
  return [
    await ask({ ...through, method: 'PUT', path: '/demo/hello.txt', body: 'Hello, SSE-C!' }),
    await ask({ ...through, method: 'GET', path: '/demo/hello.txt' }),
    await ask({ ...direct, method: 'GET', path: '/demo/hello.txt' }),
  ];
}

function credentials(name: string): Credentials {
  return { accessKeyId: name, secretAccessKey: new Secret(randomBytes(20).toString('hex')) };
}

function configText(made: {
  port: number;
  storeUrl: string;
  client: Credentials;
  owner: Credentials;
}): string {
  const pair = ({ accessKeyId, secretAccessKey }: Credentials): string =>
    `accessKeyId: ${accessKeyId}, secretAccessKey: ${secretAccessKey.reveal()}`;
  return `listen:
  - address: 127.0.0.1:${made.port}
    tls: { cert: tls.crt, key: tls.key }
admin: { address: 127.0.0.1:0 }
upstream:
  endpoint: ${made.storeUrl}
  region: ${REGION}
  provider: aws
  addressing: path
  ca: ca.pem
  credentials: { ${pair(made.owner)} }
clients:
  - { ${pair(made.client)}, admin: true }
keys:
  demo: { file: demo.key }
rules:
  - match: { bucket: demo }
    encrypt: [demo]
  - match: { bucket: "plain*" }
    encrypt: off
`;
}

async function orAnyPort<T>(port: number, open: (port: number) => Promise<T>): Promise<T> {
  try {
    return await open(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return await open(0);
  }
}
