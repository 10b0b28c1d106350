import t, { type Test } from 'tap';
import { clientWith, type Front, startFront, startStub } from '../adversary/support.ts';
import { exchangeOf } from '../e2e/wire.ts';
import { EVERYTHING } from '../support/snapshot.ts';

const CLIENTS = [clientWith('obs-client', EVERYTHING)];
const DOMAINS = ['obs.lab.test'];
const HOSTS = [
  'obs.lab.test',
  'secret.obs.lab.test:8443',
  'no-such-bucket.obs.lab.test',
  'files.example.test',
];

async function started(t: Test, settings: Partial<Parameters<typeof startFront>[1]>) {
  const store = await startStub(t, (_, response) => void response.writeHead(500).end());
  const front = await startFront(t, {
    port: store.port,
    clients: CLIENTS,
    domains: DOMAINS,
    customDomains: new Map([['files.example.test', 'secret']]),
    ...settings,
  });
  return { front, store };
}

/** The answer to the request that SDKs begin with: its status and head, without what differs between any two. */
async function asked(t: Test, { port }: Front, host: string, target = '/?apiversion', more: string[] = []) {
  const text = await exchangeOf(t, port, [`HEAD ${target} HTTP/1.1`, `Host: ${host}`, ...more]);
  return text.replace(/^(date|x-obs-request-id): .*$/gim, '$1');
}

t.test('tells every SDK of OBS that it speaks OBS, alike for every bucket, and asks no store', async (t) => {
  const { front, store } = await started(t, { obs: true });
  const [first = '', ...others] = await Promise.all(HOSTS.map((host) => asked(t, front, host)));
  t.match(first, /^HTTP\/1\.1 200 OK\r\n/);
  t.match(first, /^x-obs-api: 3\.0\r$/im);
  t.match(first, /^x-obs-request-id\r$/im);
  t.match(first, /^date\r$/im);
  t.notMatch(first, /x-amz/i);
  for (const other of others) t.equal(other, first);
  t.equal(await asked(t, front, '127.0.0.1', '/secret?apiversion'), first, 'path style');
  t.equal(await asked(t, front, '127.0.0.1', '/secret/?apiversion='), first, 'with an equals sign');
  t.equal(await asked(t, front, '127.0.0.1', '/?apiversion', ['Authorization: OBS a:b']), first, 'signed');
  t.equal(store.requests.length, 0);
});

t.test('counts it as an operation of its own, without a client', async (t) => {
  const { front } = await started(t, { obs: true });
  await asked(t, front, 'secret.obs.lab.test');
  const line = front.log.find(({ op }) => op === 'GetApiVersion');
  t.match(line, { op: 'GetApiVersion', client: 'negotiation', status: 200, bucket: 'secret' });
  t.match(await front.metrics(), /ssec_proxy_requests_total\{op="GetApiVersion",status="200"\} 1/);
});

t.test('lets SDKs fall back to SigV2 where the dialect is off, on every listener', async (t) => {
  const anonymous = { admin: false, anonymous: true, grants: [] } as const;
  const each: Partial<Parameters<typeof startFront>[1]>[] = [{}, { anonymous }, { clients: [] }];
  for (const settings of each) {
    const { front, store } = await started(t, settings);
    for (const host of HOSTS) {
      const answer = await asked(t, front, host);
      // They give up on a 404 and on 5xx.
      t.match(answer, /^HTTP\/1\.1 400 /);
      t.notMatch(answer, /x-obs-api/i);
    }
    t.match(front.log.at(-1), { op: 'GetApiVersion', status: 400, cause: /obs: true in the config/ });
    t.equal(store.requests.length, 0);
  }
});

t.test('takes nothing else for that request', async (t) => {
  const { front } = await started(t, { obs: true });
  for (const target of ['/?apiversion&acl', '/k?apiversion', '/?apiversio', '/?APIVERSION', '/'])
    t.match(await asked(t, front, 'secret.obs.lab.test', target), /^HTTP\/1\.1 403 /, target);
  const got = await exchangeOf(t, front.port, ['GET /?apiversion HTTP/1.1', 'Host: secret.obs.lab.test']);
  t.match(got, /^HTTP\/1\.1 403 /);
});
