import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { folderOf, runProgram, SERVE_ENV, serveFiles } from '../e2e/process.ts';
import { eventually, httpStore } from '../e2e/wire.ts';
import { freePort } from '../matrix/stores/free-port.ts';

/*
 * Clients at 127.0.0.2 ask through a real HAProxy, which asks the proxy from 127.0.0.1, the one address that is trusted. The
 * proxy has two workers.
 */
const CLIENT = '127.0.0.2';

interface Stand {
  readonly ca: string;
  /** Of HAProxy, by what it sends. */
  readonly ports: Readonly<Record<'v1' | 'v2' | 'words', number>>;
  /** Of the proxy: with the PROXY protocol, and with X-Forwarded-For. */
  readonly own: { readonly protocol: number; readonly forwarded: number };
  /** The `remote` of the log line of a request for this object. */
  readonly remote: (object: string) => Promise<unknown>;
}

async function stand(t: Test): Promise<Stand> {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.end('stored'));
  });
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const [protocol, forwarded, v1, v2, words] = await Promise.all(Array.from({ length: 5 }, freePort));
  const base = serveFiles(store.port);
  const trusted = 'trusted: ["127.0.0.1"], auth: none';
  const config = String(base['config.yaml'])
    .replace(
      /^listen: .*$/m,
      `workers: 2
listen:
  - { address: "127.0.0.1:${protocol}", tls: { cert: a.crt, key: a.pem }, proxyProtocol: true, ${trusted} }
  - { address: "127.0.0.1:${forwarded}", forwardedFor: true, ${trusted} }`,
    )
    .replace('rules: [', 'rules: [{ match: { bucket: plain }, encrypt: off }, ');
  const folder = await folderOf(t, {
    ...base,
    'config.yaml': config,
    'a.crt': pair.cert,
    'a.pem': pair.key,
    'haproxy.cfg': `global
  maxconn 64
defaults
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen v1
  mode tcp
  bind 127.0.0.1:${v1}
  server proxy 127.0.0.1:${protocol} send-proxy check inter 100 check-send-proxy
listen v2
  mode tcp
  bind 127.0.0.1:${v2}
  server proxy 127.0.0.1:${protocol} send-proxy-v2 proxy-v2-options unique-id,crc32c check inter 100 check-send-proxy
listen words
  mode http
  bind 127.0.0.1:${words}
  option forwardfor
  server proxy 127.0.0.1:${forwarded}
`,
  });
  const program = runProgram(t, ['serve', join(folder, 'config.yaml')], SERVE_ENV);
  await program.until(/"msg":"(?:serving|stopped)"/);
  const haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'inherit' });
  t.teardown(() => haproxy.kill('SIGKILL'));
  const ports = { v1: Number(v1), v2: Number(v2), words: Number(words) };
  for (const port of Object.values(ports)) while (!(await isOpen(port))) await pause(20);
  return {
    ca: pair.ca,
    ports,
    own: { protocol: Number(protocol), forwarded: Number(forwarded) },
    remote: async (object) => {
      const line = (): string | undefined =>
        program
          .stdout()
          .split('\n')
          .find((one) => one.includes(`"objectKey":"${object}"`));
      await eventually(() => line() !== undefined);
      return (JSON.parse(line() ?? '{}') as { remote?: unknown }).remote;
    },
  };
}

async function isOpen(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', agent: false }, () => resolve(true));
    request.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
  });
}

/** The status of a GET from the client's address; the code of the error when the connection ends. */
async function get(port: number, object: string, { ca, headers = {} }: Options = {}) {
  const options = {
    port,
    host: '127.0.0.1',
    path: `/plain/${object}`,
    localAddress: CLIENT,
    agent: false,
    headers,
  };
  return await new Promise<number | string | undefined>((resolve) => {
    const request =
      ca === undefined ? http.get(options) : https.get({ ...options, ca, servername: 'localhost' });
    request.on('response', (response) => resolve(response.resume().statusCode));
    request.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
  });
}

interface Options {
  readonly ca?: string;
  readonly headers?: http.OutgoingHttpHeaders;
}

t.test('a client behind HAProxy is known by its own address', async (t) => {
  const { ca, ports, own, remote } = await stand(t);
  for (const version of ['v1', 'v2'] as const) {
    t.equal(await get(ports[version], version, { ca }), 200);
    t.equal(await remote(version), CLIENT, `send-proxy of ${version}`);
  }
  t.equal(await get(ports.words, 'words', { headers: { 'x-forwarded-for': '203.0.113.9' } }), 200);
  t.equal(await remote('words'), CLIENT, 'not what the client wrote itself');
  t.equal(await get(own.protocol, 'direct', { ca }), 'ECONNRESET', 'nobody else is served there');
  t.equal(await get(own.forwarded, 'direct', { headers: { 'x-forwarded-for': '203.0.113.9' } }), 200);
  t.equal(await remote('direct'), CLIENT);
});
