import { createHash, createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import aws4 from 'aws4';
import type { Test } from 'tap';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { folderOf, type Program, runProgram } from '../e2e/process.ts';
import type { Guarded } from './leaks-search.ts';
import { sendRaw } from './target-proxy.ts';

const REGION = 'eu-test-1';

/** Everything that must not be printed in this run. */
export const SECRETS = {
  client: randomBytes(30).toString('base64'),
  owner: randomBytes(30).toString('base64'),
  token: randomBytes(60).toString('base64'),
  ssecKey: randomBytes(32),
  olderSsecKey: randomBytes(32),
  clientSsecKey: randomBytes(32),
};

/** The program before a sandbox, with a tap on the line between them. */
export interface LeakStand {
  readonly folder: string;
  readonly config: string;
  readonly program: Program;
  readonly port: number;
  readonly adminPort: number;
  /** Every signature that was sent by a client or to the store. */
  readonly signatures: readonly Guarded[];
  /** Sends a request, signed unless told, and gives back all that comes. */
  readonly ask: (request: Ask) => Promise<string>;
}

export interface Ask {
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `tampered` with after it was signed; `query`: a presigned URL. */
  readonly signed?: 'header' | 'query' | 'tampered' | 'stranger' | 'not';
}

/** An answer of the store in the place of the sandbox's, for requests of this path; `echo` gives back what it was sent. */
const SPOILT: Readonly<Record<string, (head: string) => string>> = {
  '/secret/echo': (head) => errorOf('SignatureDoesNotMatch', 403, head),
  '/secret/odd': (head) => errorOf('InvalidArgument', 400, head),
  '/secret/status': () => 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n',
  '/secret/garbage': (head) => `HTTP/1.1 GARBAGE ${head}\r\n\r\n`,
};

export async function startLeakStand(t: Test): Promise<LeakStand> {
  const folder = await folderOf(t, {
    'a.key': SECRETS.ssecKey,
    'b.key': SECRETS.olderSsecKey,
    'client.secret': SECRETS.client,
  });
  const sandbox = await startSandbox({
    host: '127.0.0.1',
    port: 0,
    directory: join(folder, 'store'),
    credentials: [{ accessKeyId: 'owner', secretAccessKey: new Secret(SECRETS.owner) }],
    region: REGION,
    insecureSsec: true,
    onFailure: (error) => t.fail(`the sandbox failed: ${String(error)}`),
  });
  t.teardown(() => sandbox.close());
  const signatures: Guarded[] = [];
  const tapped = await tapOn(t, sandbox.port, (text) => {
    for (const [, signature = ''] of text.matchAll(/Signature=([0-9a-f]{64})/g))
      signatures.push({ name: 'a signature of the proxy', bytes: Buffer.from(signature) });
  });
  const config = join(folder, 'config.yaml');
  await writeFile(config, configText(tapped));
  const program = runProgram(t, ['serve', config], {
    OWNER_SECRET: SECRETS.owner,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=data:text/javascript,${encodeURIComponent(CRASH)}`,
  });
  const [, port, adminPort] =
    /"listen":\["http:\/\/127\.0\.0\.1:(\d+)"\],"admin":(\d+)/.exec(await program.until(/"serving"/)) ?? [];
  if (port === undefined) throw new Error(`${program.stdout()}${program.stderr()}`);
  return {
    folder,
    config,
    program,
    port: Number(port),
    adminPort: Number(adminPort),
    signatures,
    ask: async (request) => {
      const { raw, signature } = signedRequest(request, Number(port));
      if (signature)
        signatures.push({ name: `the signature of ${request.method}`, bytes: Buffer.from(signature) });
      return (await sendRaw({ port: Number(port), pieces: [raw] })).received;
    },
  };
}

/** SIGUSR2 is a crash: an exception that nobody catches. */
const CRASH = `process.on('SIGUSR2', () => { throw new Error('crash of the test'); })`;

function configText(storePort: number): string {
  return `listen: [{ address: "127.0.0.1:0" }]
admin: { address: "127.0.0.1:0" }
drain: 1s
log: { level: trace }
upstream:
  endpoint: http://127.0.0.1:${storePort}
  insecure: true
  region: ${REGION}
  provider: aws
  addressing: path
  credentials: { accessKeyId: owner, secretAccessKey: { env: OWNER_SECRET } }
clients: [{ accessKeyId: client, secretAccessKey: { file: client.secret }, admin: true }]
keys: { a: { file: a.key }, b: { file: b.key } }
rules:
  - { match: { bucket: secret }, encrypt: [a, b] }
  - { match: { bucket: plain }, encrypt: off, declassify: true }
`;
}

function signedRequest(
  { method, target, headers = {}, body = '', signed = 'header' }: Ask,
  port: number,
): { raw: string; signature: string | undefined } {
  const credentials = {
    accessKeyId: signed === 'stranger' ? 'stranger' : 'client',
    secretAccessKey: SECRETS.client,
  };
  const hash = createHash('sha256').update(body).digest('hex');
  const host = `127.0.0.1:${port}`;
  const sent = {
    Host: host,
    ...(signed === 'query' || signed === 'not' ? {} : { 'x-amz-content-sha256': hash }),
    ...headers,
  };
  const request = {
    method,
    path: target,
    service: 's3',
    region: REGION,
    headers: { ...sent },
    signQuery: signed === 'query',
  };
  const result = signed === 'not' ? request : aws4.sign(request, credentials);
  const fields = Object.entries({
    ...sent,
    ...result.headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  });
  const path = signed === 'tampered' ? `${target}x` : String(result.path);
  const lines = [`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${String(value)}`)];
  const raw = [...lines, '', body].join('\r\n');
  return { raw, signature: /Signature=([0-9a-f]{64})/.exec(raw)?.[1] };
}

/** A POST policy and its signature, as a web page would have them. */
export function postPolicy(): { policy: string; signature: string } {
  const conditions = [
    { bucket: 'secret' },
    ['starts-with', '$key', ''],
    { note: randomBytes(20).toString('hex') },
  ];
  const policy = Buffer.from(JSON.stringify({ expiration: '2999-01-01T00:00:00Z', conditions })).toString(
    'base64',
  );
  return { policy, signature: createHmac('sha256', SECRETS.client).update(policy).digest('hex') };
}

/** A line to the store that one can listen in on, and that spoils some answers. */
async function tapOn(t: Test, port: number, heard: (text: string) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = net.createServer((client) => {
    const store = net.connect(port, '127.0.0.1');
    for (const socket of [client, store]) {
      open.add(socket);
      socket.on('error', () => undefined).once('close', () => open.delete(socket));
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      heard(text);
      const spoil = SPOILT[/^[A-Z]+ ([^ ?]*)/.exec(text)?.[1] ?? ''];
      if (spoil) client.end(spoil(text), 'latin1');
      else store.write(chunk);
    });
    store.pipe(client);
    client.once('close', () => store.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

function errorOf(code: string, status: number, head: string): string {
  const xml = `<Error><Code>${code}</Code><Message>You sent ${head}</Message><CanonicalRequest>${head}</CanonicalRequest><ArgumentName>${head}</ArgumentName></Error>`;
  return `HTTP/1.1 ${status} Odd\r\nContent-Type: application/xml\r\nContent-Length: ${xml.length}\r\n\r\n${xml}`;
}
