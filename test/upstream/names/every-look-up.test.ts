import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { clockWarning } from '../../../src/cli/clock.ts';
import { tlsChain } from '../../../src/doctor/checks/tls.ts';
import { startProxy } from '../../../src/proxy/serve.ts';
import { loadConfig } from '../../../src/snapshot/load.ts';
import type { StoreClient } from '../../../src/store-client/client.ts';
import { Names } from '../../../src/upstream/names/names.ts';
import { testKey } from '../../config/fixture.ts';
import { exchangeOf, httpStore } from '../../e2e/wire.ts';
import { silentLog } from '../../support/silent-log.ts';
import { snapshotOf } from '../../support/snapshot.ts';
import { dnsServer } from './dns-server.ts';
import { machine } from './machine.ts';

type Owner = Parameters<typeof httpStore>[0];

/** More than libuv has threads. */
const VAULTS = 8;

async function stand(t: Owner) {
  const store = await httpStore(t, (_request, response) => {
    response.setHeader('connection', 'close');
    response.end('ok');
  });
  const dns = await dnsServer(t, ({ name, type }) =>
    name === 'good.test' ? (type === 'A' ? { A: ['127.0.0.1'], ttl: 0 } : {}) : 'hang',
  );
  const files = { resolvConf: 'nameserver 127.0.0.1\noptions timeout:5 attempts:5\n' };
  const { resolution } = machine(t, files, { port: dns.port });
  const names = new Names(resolution, undefined, { waits: { leastTtl: 1 } });
  return { store, dns, names };
}

/** A good store, and keys in vaults whose names hang. */
const config = (port: number): string => `listen: [{ address: "127.0.0.1:0", auth: none }]
admin: { address: "127.0.0.1:0" }
drain: 1s
upstream:
  endpoint: "http://good.test:${port}"
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: wire, secretAccessKey: store-secret-for-tests }
clients: [{ accessKeyId: client, secretAccessKey: client-secret-for-tests }]
vaults: { ${vaults((n) => `v${n}: { address: "https://vault-${n}.dead.test", timeout: 8s, auth: { token: t-for-tests } }`)} }
keys: { good: { file: good.key }, ${vaults((n) => `k${n}: { vault: { server: v${n}, path: a } }`)} }
rules:
  - { match: { bucket: good }, encrypt: off }
  - { match: { bucket: waiting }, encrypt: [k0] }
`;

function vaults(each: (number: number) => string): string {
  return Array.from({ length: VAULTS }, (_, number) => each(number)).join(', ');
}

t.test('vaults whose DNS hangs hold up no thread, and no store with a good name', async (t) => {
  const { store, dns, names } = await stand(t);
  const files: Readonly<Record<string, string | Buffer>> = {
    '/config.yaml': config(store.port),
    '/good.key': testKey('good'),
  };
  const load = async () =>
    await loadConfig('/config.yaml', {
      env: {},
      names,
      readFile: (path) =>
        Promise.resolve({ bytes: Buffer.from(files[path] ?? ''), mode: 0o600, truncated: false }),
    });
  const { snapshot, problems } = await load();
  if (!snapshot) throw new Error(problems.map(({ message }) => message).join('\n'));
  const proxy = await startProxy(snapshot, silentLog(), { names });
  t.teardown(() => proxy.stop());
  const port = Number(new URL(proxy.urls[0] ?? '').port);
  const get = async (bucket: string): Promise<void> => {
    const answer = await exchangeOf(t, port, [`GET /${bucket}/a HTTP/1.1`]);
    t.match(answer, bucket === 'good' ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 503 /);
  };

  await get('good');
  const asked = dns.count('good.test');
  let over = false;
  const again = load().finally(() => {
    over = true;
  });
  await readFile(import.meta.filename);
  t.notOk(over, 'the threads of the file system are free');
  // What waited for a look-up that hangs, or for its thread, would go on only when that one is given up. How many are
  // answered until then is the machine's affair.
  let meanwhile = 0;
  for (let i = 0; i < 30; i += 1) {
    await get('good');
    if (over) break;
    meanwhile += 1;
  }
  t.ok(meanwhile > 3, `${meanwhile} are answered while the vaults are waited for`);
  t.ok(dns.count('good.test') > asked + 3, 'the good name was looked up in the meantime');
  const second = await again;
  t.equal(second.problems.filter(({ message }) => /vault can't be reached/.test(message)).length, VAULTS);
  for (let n = 0; n < VAULTS; n += 1) t.ok(dns.count(`vault-${n}.dead.test`) > 0, 'asked of our own DNS');
  await get('waiting');
});

t.test("doctor's look at a connection, and the clock's, end in time and ask nobody else", async (t) => {
  const { store, dns, names } = await stand(t);
  for (const protocol of ['http:', 'https:'] as const) {
    const lookup = names.lookupFor(protocol);
    const at = (hostname: string) => {
      const { upstream } = snapshotOf({ upstream: { protocol, hostname, port: store.port } });
      return { ...upstream, timeouts: { ...upstream.timeouts, connect: 4000 } };
    };
    const clock = (): Date => new Date();
    const client: StoreClient = { send: () => Promise.reject(new Error('not here')), close: () => {} };
    const look = async (hostname: string) =>
      await tlsChain.run({ upstream: at(hostname), client, clock, lookup });
    let ended = 0;
    const dead = Array.from({ length: 8 }, async (_, n) => {
      const findings = await look(`store-${n}.dead.test`);
      ended += 1;
      return findings;
    });
    await readFile(import.meta.filename);
    await look('good.test');
    t.equal(ended, 0, 'what is good waits for nothing');
    for (const findings of await Promise.all(dead))
      t.match(findings, [{ grade: 'stop', found: /cannot be reached: no response in time/ }]);
    const warning = await clockWarning(at('clock.hanging.test'), clock, 500, names);
    t.match(warning, /did not tell the time: no answer within 0.5 s/);
  }
  for (let n = 0; n < 8; n += 1) t.ok(dns.count(`store-${n}.dead.test`) > 0);
  t.ok(dns.count('clock.hanging.test') > 0);
});

/** What connects to a fixed address or a path of this machine, and what the resolver itself asks. */
const OTHERWISE = /^(?:sandbox\/|cli\/(?:demo\/|probe\.ts$)|upstream\/names\/|listener\/open-socket\.ts$)/;

t.test('what opens a connection says how its name is looked up', async (t) => {
  const src = join(import.meta.dirname, '../../../src');
  const connects = new RegExp(
    [
      String.raw`\b(?:net|tls)\.connect\(`,
      String.raw`\bhttps?\.(?:request|get|Agent)\(`,
      String.raw`(?:await|return|=) fetch\(`,
      String.raw`from 'node:dns`,
    ].join('|'),
  );
  const files = globSync('**/*.ts', { cwd: src }).filter((file) => !OTHERWISE.test(file));
  const without = files.filter((file) => {
    const code = readFileSync(join(src, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return connects.test(code) && !/\blookup\b/.test(code);
  });
  t.strictSame(without, []);
});
