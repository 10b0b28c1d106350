import { readFile } from 'node:fs/promises';
import t from 'tap';
import { makeLog } from '../../../src/log.ts';
import { startProxy } from '../../../src/proxy/serve.ts';
import { loadConfig } from '../../../src/snapshot/load.ts';
import { Names } from '../../../src/upstream/names/names.ts';
import { exchangeOf, httpStore } from '../../e2e/wire.ts';
import { dnsServer } from './dns-server.ts';
import { machine } from './machine.ts';

/** Two stores by name; every request to the good one opens a connection. */
const config = (port: number): string => `listen: [{ address: "127.0.0.1:0", auth: none }]
domains: []
drain: 1s
upstream: { endpoint: "http://good.test:${port}", ${STORE} }
upstreams: { dead: { endpoint: "http://store.dead.test:${port}", ${STORE} } }
clients: [{ accessKeyId: client, secretAccessKey: client-secret-for-tests }]
rules:
  - { match: { bucket: dead }, upstream: dead, encrypt: off }
  - { match: { bucket: good }, encrypt: off }
`;
const STORE = `insecure: true, region: eu-test-1, provider: aws, addressing: path,
  credentials: { accessKeyId: wire, secretAccessKey: store-secret-for-tests }, timeouts: { connect: 8s }`;

t.test('a store whose DNS hangs holds up no request to another, and no thread', async (t) => {
  const store = await httpStore(t, (_request, response) => {
    response.setHeader('connection', 'close');
    response.end('ok');
  });
  // Without a TTL worth mentioning, so that the good name is looked up again while the dead one hangs.
  const dns = await dnsServer(t, ({ name, type }) =>
    name === 'good.test' ? (type === 'A' ? { A: ['127.0.0.1'], ttl: 0 } : {}) : 'hang',
  );
  const { resolution } = machine(
    t,
    { resolvConf: 'nameserver 127.0.0.1\noptions timeout:5 attempts:5\n' },
    { port: dns.port },
  );
  const { snapshot, problems } = await loadConfig('/config.yaml', {
    env: {},
    readFile: () =>
      Promise.resolve({ bytes: Buffer.from(config(store.port)), mode: 0o600, truncated: false }),
  });
  if (!snapshot) throw new Error(problems.map(({ message }) => message).join('\n'));
  const names = new Names(resolution, undefined, { waits: { leastTtl: 1 } });
  const log = makeLog('info', { write: () => {} });
  const proxy = await startProxy(snapshot, log, { lookup: names.lookupFor('http:') });
  t.teardown(() => proxy.stop());
  const port = Number(new URL(proxy.urls[0] ?? '').port);

  let ended = 0;
  const get = async (bucket: string): Promise<{ status: string; ms: number }> => {
    const began = performance.now();
    const answer = await exchangeOf(t, port, [`GET /${bucket}/a HTTP/1.1`]);
    if (bucket === 'dead') ended += 1;
    return { status: answer.split(' ')[1] ?? '', ms: performance.now() - began };
  };

  await get('good');
  const asked = dns.count('good.test');
  const dead = Array.from({ length: 40 }, () => get('dead'));
  await readFile(import.meta.filename);
  t.equal(ended, 0, 'the threads of the file system are free');
  // What waited for a look-up that hangs, or for its thread, would go on only when that one is given up. How many are
  // answered until then is the machine's affair.
  let meanwhile = 0;
  for (let i = 0; i < 40; i += 1) {
    t.equal((await get('good')).status, '200');
    if (ended > 0) break;
    meanwhile += 1;
  }
  t.ok(meanwhile > 3, `${meanwhile} good ones are answered before the first of the dead ones`);
  t.ok(dns.count('good.test') > asked + 3, 'the good name was looked up in the meantime');
  const ends = await Promise.all(dead);
  t.strictSame([...new Set(ends.map(({ status }) => status))], ['503']);
  t.ok(
    ends.every(({ ms }) => ms < 20_000),
    'not for the 25 s of the file',
  );
  t.ok(dns.count('store.dead.test', 'A') <= 5, 'one look-up for all, with its tries');
});
