import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { makeLog } from '../../src/log.ts';
import { startProxy } from '../../src/proxy/serve.ts';
import { loadConfig } from '../../src/snapshot/load.ts';
import { makeAuthority } from '../support/authority.ts';
import { Sha256 } from '../support/signers.ts';
import { folderOf } from './process.ts';
import { httpStore, lineOf } from './wire.ts';

const BOUND = { accessKeyId: 'bound', secretAccessKey: 'bound-secret-for-tests' };
const FREE = { accessKeyId: 'free', secretAccessKey: 'free-secret-for-tests' };
const OBJECT = new GetObjectCommand({ Bucket: 'plain', Key: 'k' });

async function stand(t: Test) {
  const store = await httpStore(t, (request, response) => {
    request.resume().once('end', () => response.end('object'));
  });
  const pair = await makeCertificates({ names: ['localhost'], addresses: ['127.0.0.1'] });
  const { ca, issue } = await makeAuthority();
  const folder = await folderOf(t, {
    'a.crt': pair.cert,
    'a.pem': pair.key,
    'clients.crt': ca,
    'config.yaml': `listen: [{ address: "127.0.0.1:0", tls: { cert: a.crt, key: a.pem, clientCa: clients.crt } }]
admin: { address: "127.0.0.1:0" }
upstream:
  endpoint: http://127.0.0.1:${store.port}
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: store, secretAccessKey: store-secret-for-tests }
clients:
  - { accessKeyId: bound, secretAccessKey: bound-secret-for-tests, certificate: "DNS:App.example.com" }
  - { accessKeyId: free, secretAccessKey: free-secret-for-tests }
rules: [{ match: { bucket: plain }, encrypt: off }]
`,
  });
  const { snapshot, problems } = await loadConfig(join(folder, 'config.yaml'));
  if (!snapshot) throw new Error(problems.map((problem) => formatProblem(problem, 'config')).join('\n'));
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const proxy = await startProxy(snapshot, makeLog('info', destination));
  t.teardown(() => proxy.stop());
  const [url = ''] = proxy.urls;
  const as = (credentials: typeof BOUND, shown: { cert?: string; key?: string }) => {
    const agent = new Agent({ ca: pair.ca, keepAlive: true, ...shown });
    const s3 = new S3Client({
      endpoint: url,
      region: 'eu-test-1',
      forcePathStyle: true,
      maxAttempts: 1,
      credentials,
      requestHandler: { httpsAgent: agent },
    });
    t.teardown(() => {
      s3.destroy();
      agent.destroy();
    });
    return { s3, agent };
  };
  return { as, issue, log, url };
}

/** A link to the object, that the bound client has signed. */
async function linkOf({ host, hostname, port }: URL): Promise<string> {
  const signer = new SignatureV4({
    service: 's3',
    region: 'eu-test-1',
    uriEscapePath: false,
    sha256: Sha256,
    credentials: BOUND,
  });
  const { query = {}, path } = await signer.presign({
    method: 'GET',
    protocol: 'https:',
    hostname,
    port: Number(port),
    path: '/plain/k',
    query: {},
    headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  });
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `https://${host}${path}?${parameters.join('&')}`;
}

t.test('a client with a certificate in the config needs it beside its signature', async (t) => {
  const { as, issue, log, url } = await stand(t);
  const app = await issue({ alternatives: [{ type: 'dns', value: 'app.example.com' }] });
  const other = await issue({ alternatives: [{ type: 'dns', value: 'other.example.com' }] });
  const { s3, agent } = as(BOUND, app);
  t.equal((await s3.send(OBJECT)).$metadata.httpStatusCode, 200);
  const { s3: stranger, agent: strange } = as(BOUND, other);
  await t.rejects(stranger.send(OBJECT), { name: 'AccessDenied' });
  t.match(await lineOf(log, ({ code }) => code !== undefined), {
    client: 'bound',
    code: 'AccessDenied',
    cause: 'the client certificate of the connection does not have DNS:app.example.com',
  });
  t.equal((await as(FREE, other).s3.send(OBJECT)).$metadata.httpStatusCode, 200, 'others need any');
  await t.rejects(as(FREE, {}).s3.send(OBJECT), 'without one there is no connection');

  const link = await linkOf(new URL(url));
  const follow = (by: Agent) =>
    new Promise((resolve, reject) => {
      get(link, { agent: by }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
  t.equal(await follow(agent), 200);
  t.equal(await follow(strange), 403, 'a link of the client needs its certificate too');
});
