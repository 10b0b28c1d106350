import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { makeSelfSigned } from '../../../src/cli/certificate.ts';
import { Secret } from '../../../src/secret.ts';
import { sign } from '../../../src/sigv4/sign.ts';
import { folderOf } from '../../e2e/process.ts';
import { httpStore } from '../../e2e/wire.ts';
import { freePort } from '../../matrix/stores/free-port.ts';
import { DESKTOP, openBrowser, see } from './browser.ts';

/** A running proxy whose surroundings are broken in one way. */
interface Stand {
  readonly t: Test;
  readonly port: number;
  readonly folder: string;
  /** Sends a request, signed with this secret if there is one, and gives up after milliseconds. Its status; 0 without one. */
  readonly ask: (
    method: string,
    path: string,
    more?: { secret?: string; patience?: number },
  ) => Promise<number>;
}

interface Row {
  /** How the store answers; by default well. */
  readonly store?: http.RequestListener;
  /** Lines of the config in place of others. */
  readonly config?: Readonly<Record<string, string>>;
  /** Where the log goes. */
  readonly log?: string;
  /** The listener has TLS, and its certificate, which is for a year, so many days left. */
  readonly days?: number;
  /** What clients do until it shows. */
  readonly provoke?: (stand: Stand) => Promise<unknown>;
  /** The sentence on the page, and what is to be done. */
  readonly sentence: RegExp;
  readonly fix: RegExp;
  /** The line of `/readyz?verbose`. */
  readonly part: RegExp;
  /** In the log, unless that is what is broken. */
  readonly line?: RegExp;
  /** In the audit log, where a request shows the fault. */
  readonly audit?: RegExp;
  /** In `/metrics`. */
  readonly metric: RegExp;
  /** `/readyz` is not 200. */
  readonly notReady?: true;
}

const ROWS: Readonly<Record<string, Row>> = {
  'the store hangs': {
    store: () => {},
    provoke: ({ ask }) => ask('GET', '/plain/a', { patience: 1500 }),
    sentence: /^The store upstream takes requests and does not answer \(1 time in a row/,
    fix: /Look at the store: it hangs or is overloaded/,
    part: /^degraded stores upstream: The store upstream takes requests/m,
    line: /"status":499,"outcome":"left"/,
    audit: /"event":"request".*"status":499.*"outcome":"left"/,
    metric: /^ssec_proxy_requests_total\{op="GetObject",status="499"\} 1$/m,
  },
  'the store refuses the credentials of the proxy': {
    store: (_, response) => refuse(response, 'InvalidAccessKeyId'),
    provoke: ({ ask }) => ask('GET', '/plain/a'),
    sentence: /^The store upstream refuses the credentials of the proxy with InvalidAccessKeyId \(1 time,/,
    fix: /Check upstream\.credentials, then reload/,
    part: /^degraded credentials upstream: /m,
    line: /the store answered the proxy with InvalidAccessKeyId; check upstream\.credentials/,
    audit: /"outcome":"failed".*"cause":"the store answered the proxy with InvalidAccessKeyId/,
    metric: /^ssec_proxy_upstream_refusals_total\{upstream="upstream",reason="[a-z]+"\} 1$/m,
  },
  'one of two stores is down': {
    provoke: async ({ ask }) => {
      await ask('GET', '/plain/a');
      for (let tries = 0; tries < 3; tries += 1) await ask('GET', '/archive/a');
    },
    sentence:
      /^The store upstreams\.archive can't be reached \(3 times in a row: ECONNREFUSED.*The other store answers\.$/,
    fix: /Check that it runs, that upstreams\.archive\.endpoint is right/,
    part: /^degraded stores upstreams\.archive: [\s\S]*^ok stores upstream: It answered/m,
    line: /"upstream":"upstreams\.archive".*ECONNREFUSED/,
    audit: /"outcome":"failed".*"upstream":"upstreams\.archive"/,
    metric: /^ssec_proxy_upstream_failures\{upstream="upstreams\.archive"\} 3$/m,
  },
  'the secret of one client was changed': {
    config: { 'auth: none': 'auth: sigv4' },
    provoke: async ({ ask }) => {
      await ask('GET', '/plain/a', { secret: SECRET });
      for (let tries = 0; tries < 3; tries += 1)
        await ask('GET', '/plain/a', { secret: 'the secret of yesterday' });
    },
    sentence:
      /^Client AKIDTEST can't log in: its signatures do not fit its secret \(3 requests, .*It came in last \d+ seconds? ago\.$/,
    fix: /give the client and the config the same secretAccessKey/,
    part: /^warn clients AKIDTEST: /m,
    line: /"claimed":"AKIDTEST"/,
    audit: /"claimed":"AKIDTEST".*"outcome":"refused"/,
    metric: /^ssec_proxy_login_failures_total\{client="AKIDTEST",reason="signature"\} 3$/m,
  },
  'a client does not trust the certificate': {
    days: 300,
    provoke: async ({ port }) => {
      // Checks the certificate in the handshake, as most clients do; Node does when it is over.
      const client = spawn('openssl', ['s_client', '-verify_return_error', '-connect', `127.0.0.1:${port}`], {
        stdio: 'ignore',
      });
      await once(client, 'close');
    },
    sentence:
      /^Clients do not trust the certificate of the proxy: 1 connection, .* from (?:::ffff:)?127\.0\.0\.1\.$/,
    fix: /Give the client the authority of the certificate/,
    part: /^warn clients: Clients do not trust/m,
    line: /"reason":"untrusted".*give it the CA/,
    metric: /^ssec_proxy_tls_failures_total\{reason="untrusted"\} 1$/m,
  },
  'a client leaves without a word, since it does not trust the certificate': {
    days: 300,
    provoke: async ({ port }) => {
      const request = https.get({ host: '127.0.0.1', port, agent: false }).on('error', () => undefined);
      await new Promise((resolve) => request.once('close', resolve));
    },
    sentence:
      /^Clients leave without a word when they have seen the certificate of the proxy, .*: 1 connection, .* from 127\.0\.0\.1\.$/,
    fix: /Give the client the authority of the certificate/,
    part: /^warn clients: Clients leave without a word/m,
    line: /"reason":"left".*it may not trust it/,
    metric: /^ssec_proxy_tls_failures_total\{reason="left"\} 1$/m,
  },
  'a certificate ends soon': {
    days: 5,
    sentence: /^The certificate of listen\[0\] \(DNS:localhost\) ends in [45] days\.$/,
    fix: /Renew it/,
    part: /^warn certificates listen\[0\]: /m,
    line: /listen\[0\]\.tls\.cert: the certificate ends in [45] days/,
    metric: /^ssec_proxy_certificate_expiry_timestamp_seconds\{certificate="listen\[0\]"\} \d+/m,
  },
  'a key is missing': {
    config: { '{ file: test.key }': '{ exec: { command: [/bin/false] } }' },
    sentence: /^Key test is not available, and requests that need it are refused: /,
    fix: /Bring the source of keys\.test back/,
    part: /^failed keys: Key test is not available/m,
    line: /keys\.test/,
    metric: /^ssec_proxy_keys_missing 1$/m,
    notReady: true,
  },
  'the disk of the log is full': {
    log: '/dev/full',
    provoke: async ({ ask }) => {
      for (let tries = 0; tries < 3; tries += 1) {
        await ask('GET', '/plain/a');
        await pause(700);
      }
    },
    sentence: /^The log can't be written, and lines are dropped: .*(?:ENOSPC|no space|full)/,
    fix: /Make room on the disk/,
    part: /^degraded log: /m,
    metric: /^ssec_proxy_log_lines_dropped_total [1-9]/m,
  },
  'the disk of the log is full, and workers serve': {
    log: '/dev/full',
    config: { 'drain: 1s': 'drain: 1s\nworkers: 2' },
    provoke: async ({ ask }) => {
      for (let tries = 0; tries < 3; tries += 1) {
        await ask('GET', '/plain/a');
        await pause(700);
      }
    },
    sentence:
      /^The log can't be written, and lines are dropped: no space left on the device \(\d+ lines dropped\)\.$/,
    fix: /Make room on the disk/,
    part: /^degraded log: /m,
    metric: /^ssec_proxy_log_lines_dropped_total [1-9]/m,
  },
  'the disk of the audit log is full, and requests are refused': {
    config: {
      'drain: 1s': 'drain: 1s\nworkers: 2\naudit: { to: /dev/full, onFailure: refuse }',
      'auth: none': 'auth: sigv4',
    },
    provoke: async ({ ask }) => {
      for (let tries = 0; tries < 50 && (await ask('GET', '/plain/a', { secret: SECRET })) === 0; tries += 1)
        await pause(200);
    },
    sentence: /^The audit log can't be written, and new requests are refused: no space left on the device\.$/,
    fix: /Make room on the disk of audit\.to/,
    part: /^degraded audit: The audit log[\s\S]*^ok clients: /m,
    line: /"cause":"the audit log can't be written, and audit\.onFailure: refuse"/,
    metric: /^ssec_proxy_audit_failing 3$/m,
  },
  'the disk of the audit log is full, and requests are served': {
    config: { 'drain: 1s': 'drain: 1s\naudit: { to: /dev/full, onFailure: serve }' },
    provoke: ({ ask }) => ask('GET', '/plain/a'),
    sentence: /^The audit log can't be written as it should: no space left on the device\.$/,
    fix: /Make room on the disk of audit\.to/,
    part: /^degraded audit: /m,
    line: /the audit log can't be written; requests are served without it/,
    metric: /^ssec_proxy_audit_failing 1$/m,
  },
  'the store does not prove that it encrypts': {
    store: (request, response) => {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      request.resume().once('end', () => response.setHeader('etag', '"e"').end());
    },
    provoke: ({ ask }) => ask('PUT', '/secret/object'),
    sentence: /^The store did not prove the encryption of what was written to bucket secret \(PutObject\)/,
    fix: /"ssec-proxy verify" finds it/,
    part: /^degraded buckets secret: /m,
    line: /the store did not prove the encryption/,
    audit: /"event":"bucket distrusted".*"secret"/,
    metric: /^ssec_proxy_distrusted_bucket\{bucket="secret"\} 1$/m,
  },
  'a limit is reached': {
    config: { 'drain: 1s': 'drain: 1s\nlimits: { requestsPerClient: 1 }' },
    store: (_, response) => void setTimeout(() => response.end(), 300),
    provoke: async ({ ask }) => {
      await Promise.all(Array.from({ length: 5 }, () => ask('GET', '/plain/a')));
    },
    sentence:
      /^The limit limits\.requestsPerClient \(1\) is reached, and clients are refused \(\d times? since the start\)\.$/,
    fix: /Raise limits\.requestsPerClient if this load is right/,
    part: /^warn limits: /m,
    line: /limits\.requestsPerClient is reached/,
    audit: /"code":"SlowDown".*limits\.requestsPerClient is reached/,
    metric: /^ssec_proxy_client_limit_hits_total\{limit="requestsPerClient"\} [1-9]/m,
  },
  'the store is slow, and the proxy is not': {
    store: (_, response) => void setTimeout(() => response.end(), 1300),
    provoke: ({ ask }) => ask('GET', '/plain/a'),
    sentence:
      /^The store is slow: it takes 1\.\d s on average until it answers\. The proxy works \d+ % of the time/,
    fix: /Look at the store and at the network to it/,
    part: /^warn requests: The store is slow/m,
    line: /"storeMs":1[3-9]\d\d/,
    audit: /"event":"request".*"outcome":"served"/,
    metric: /^ssec_proxy_upstream_request_duration_seconds_sum\{.*upstream="upstream".*\} [1-9]/m,
  },
  'the proxy is slow, and the store is not': {
    config: { 'drain: 1s': 'drain: 1s\nlog: { level: warn }' },
    provoke: async ({ t, port }) => {
      await busy(t, port);
      await pause(BUSY_MS);
    },
    sentence:
      /^The proxy itself is slow: it works (?:9\d|100) % of the time\. Of [\d.]+ m?s a request, the store takes 0 ms\.$/,
    fix: /Give it more processors with the option workers/,
    part: /^warn requests: The proxy itself is slow/m,
    metric: /^process_cpu_seconds_total [1-9]/m,
  },
  'all is well': {
    provoke: ({ ask }) => ask('GET', '/plain/a'),
    sentence: /^All is well: 1 request in the last hour, none failed, none was refused\.$/,
    fix: /^$/,
    part: /^ok stores upstream: It answered/m,
    line: /"outcome":"served"/,
    audit: /"event":"started"[\s\S]*"outcome":"served"/,
    metric: /^ssec_proxy_requests_total\{op="GetObject",status="200"\} 1$/m,
  },
};

const SECRET = 'client-secret-for-tests';

function refuse(response: http.ServerResponse, code: string): void {
  response.writeHead(403, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

/** The idle time before it is a small part of that. */
const BUSY_MS = 8000;
const BUSY_CONNECTIONS = 12;

/** Until the test ends, clients ask without a pause for what is refused, with as many headers as they may: all work is the proxy's. */
async function busy(t: Test, port: number): Promise<void> {
  const headers = Array.from({ length: 2500 }, (_, index) => `x-a-${index}: b\r\n`).join('');
  const request = Buffer.from(`GET /other/object HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headers}\r\n`);
  for (let count = 0; count < BUSY_CONNECTIONS; count += 1) {
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    socket.on('data', (bytes: Buffer) => {
      if (bytes.includes('</Error>')) socket.write(request);
    });
    socket.write(request);
  }
}

const YEAR = 365;
const DAY_MS = 86_400_000;

/** `serve` in a process of its own, with what the row breaks. */
async function open(t: Test, { store, config = {}, log, days }: Row): Promise<Stand & { admin: string }> {
  const { port: storePort } = await httpStore(t, store ?? ((_, response) => void response.end()));
  const [port, adminPort, closed] = [await freePort(), await freePort(), await freePort()];
  const made = new Date(Date.now() - (YEAR - (days ?? YEAR)) * DAY_MS);
  const pair = await makeSelfSigned({ names: ['localhost'], addresses: [], days: YEAR, now: made });
  const tlsOf = days === undefined ? '' : ', tls: { cert: tls.crt, key: tls.key }';
  let text = `listen: [{ address: "127.0.0.1:${port}", auth: none${tlsOf} }]
admin: { address: "127.0.0.1:${adminPort}" }
drain: 1s
ready: { probe: off }
upstream: &store
  endpoint: http://127.0.0.1:${storePort}
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: store, secretAccessKey: store-secret-for-tests }
upstreams: { archive: { endpoint: "http://127.0.0.1:${closed}", insecure: true, region: eu-test-1, provider: aws, addressing: path, credentials: { accessKeyId: store, secretAccessKey: store-secret-for-tests } } }
clients: [{ accessKeyId: AKIDTEST, secretAccessKey: ${SECRET} }]
keys: { test: { file: test.key } }
rules:
  - { match: { bucket: secret }, encrypt: [test] }
  - { match: { bucket: plain }, encrypt: off }
  - { match: { bucket: archive }, encrypt: off, upstream: archive }
`.replace('&store', '');
  for (const [from, to] of Object.entries(config)) text = text.replace(from, to);
  const folder = await folderOf(t, {
    'test.key': createHash('sha256').update('test key of the page').digest(),
    'tls.crt': pair.cert,
    'tls.key': pair.key,
  });
  if (!text.includes('audit: ')) text += `audit: { to: ${join(folder, 'audit.log')} }\n`;
  await writeFile(join(folder, 'config.yaml'), text);
  const out = openSync(log ?? join(folder, 'log'), 'a');
  const main = join(import.meta.dirname, '../../../src/main.ts');
  const child = spawn(process.execPath, [main, 'serve', join(folder, 'config.yaml')], {
    stdio: ['ignore', out, 'inherit'],
  });
  closeSync(out);
  t.teardown(() => child.kill('SIGKILL'));
  const admin = `http://127.0.0.1:${adminPort}/`;
  for (let tries = 0; tries < 1200 && !(await hasStarted(admin)); tries += 1) await pause(50);
  return { t, port: Number(port), folder, admin, ask: asker(Number(port)) };
}

/** With workers the admin address answers before they serve. */
async function hasStarted(admin: string): Promise<boolean> {
  return await fetch(`${admin}readyz`)
    .then(async (answer) => !/start/.test(await answer.text()))
    .catch(() => false);
}

function asker(port: number): Stand['ask'] {
  return async (method, path, { secret, patience = 20_000 } = {}) => {
    const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: new Secret(secret ?? '') };
    const signature =
      secret === undefined
        ? {}
        : sign({ method, path, headers }, { credentials, region: 'eu-test-1', now: new Date() });
    const { host: _, ...sent } = { ...headers, ...signature };
    const body = method === 'PUT' ? { body: 'plaintext' } : {};
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        ...body,
        headers: sent,
        signal: AbortSignal.timeout(patience),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  };
}

t.test(
  'the page names each fault in one sentence and says what to do, and so do /status, /readyz, metrics and log',
  async (t) => {
    const browser = await openBrowser(t);
    for (const [name, row] of Object.entries(ROWS)) {
      await t.test(name, async (t) => {
        const stand = await open(t, row);
        await row.provoke?.(stand);
        // What a request tells is told when its answer is out.
        await pause(200);
        const { page, complaints } = await see(browser, stand.admin, DESKTOP);
        const sentence = (await page.textContent('#sentence'))?.replace(/ \d+ more findings? below\.$/, '');
        t.match(sentence, row.sentence);
        t.match(await page.textContent('#fix'), row.fix);
        t.strictSame(complaints, []);
        await page.close();
        const verbose = await fetch(`${stand.admin}readyz?verbose`);
        t.equal(verbose.status, row.notReady ? 503 : 200);
        t.match(await verbose.text(), row.part);
        const status = (await (await fetch(`${stand.admin}status`)).json()) as { sentence: string };
        t.match(status.sentence.replace(/ \d+ more findings? below\.$/, ''), row.sentence);
        t.match(await (await fetch(`${stand.admin}metrics`)).text(), row.metric);
        if (row.line) t.match(await readFile(join(stand.folder, 'log'), 'utf8'), row.line);
        if (row.audit) t.match(await readFile(join(stand.folder, 'audit.log'), 'utf8'), row.audit);
        t.notMatch(JSON.stringify(status), /secret-for-tests|fingerprint/, 'no secret, no fingerprint');
      });
    }
  },
);
