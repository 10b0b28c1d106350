import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import t from 'tap';
import { type Certificates, makeCertificates } from '../../src/cli/certificate.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { Secret } from '../../src/secret.ts';
import { folderOf } from '../e2e/process.ts';
import type { Probe } from './probe.ts';
import { Served } from './served.ts';
import { SmallClient } from './small-client.ts';
import { startWorkload } from './workload.ts';

/** Fewer, for a quick look, with RELOADS=50. */
const RELOADS = Number(process.env.RELOADS ?? 1000);
const CLIENTS = RELOADS < 1000 ? 2 : 8;
const WARM_UP = Math.max(10, RELOADS / 10);
/** What the heap may grow by, in bytes: caches and compiled code at first, and then less than one snapshot a reload. */
const MOST_GROWTH = 2 * 1024 * 1024 + RELOADS * 1024;

const REGION = 'eu-test-1';
const credentials = (name: string) => ({
  accessKeyId: name,
  secretAccessKey: new Secret(`${name}-secret-for-tests`),
});
const [CLIENT, OWNER] = [credentials('client'), credentials('owner')];

interface Variant {
  readonly ring: readonly string[];
  readonly keepAlive?: number;
  readonly watch?: string;
}

function configText(storePort: number, { ring, keepAlive = 200, watch = 'off' }: Variant): string {
  return `listen: [{ address: "127.0.0.1:0", tls: { cert: tls.crt, key: tls.key } }]
admin: { address: "127.0.0.1:0" }
reload: { watch: ${watch} }
drain: 5s
upstream:
  endpoint: https://127.0.0.1:${storePort}
  region: ${REGION}
  provider: aws
  addressing: path
  ca: ca.pem
  credentials: { accessKeyId: owner, secretAccessKey: owner-secret-for-tests }
  timeouts: { keepAlive: ${keepAlive}ms }
clients: [{ accessKeyId: client, secretAccessKey: client-secret-for-tests, admin: true }]
keys: { a: { file: a.key }, b: { file: b.key } }
rules: [{ match: { bucket: vault }, encrypt: [${ring.join(', ')}] }]
`;
}

t.test(
  `${RELOADS} reloads under load lose no request and leak nothing`,
  { timeout: 60_000 + RELOADS * 1000 },
  async (t) => {
    const pairs = [await pairOf(), await pairOf()] as const;
    const folder = await folderOf(t, {
      'ca.pem': pairs[0].ca,
      'tls.crt': pairs[0].cert,
      'tls.key': pairs[0].key,
      'a.key': createHash('sha256').update('test key a').digest(),
      'b.key': createHash('sha256').update('test key b').digest(),
    });
    const { cert, key } = pairs[0];
    const sandbox = await startSandbox({
      host: '127.0.0.1',
      port: 0,
      tls: { cert, key },
      directory: join(folder, 'store'),
      credentials: [OWNER],
      region: REGION,
    });
    t.teardown(() => sandbox.close());
    // As programs write that mean well: whole, in one step.
    const put = async (name: string, content: string): Promise<void> => {
      await writeFile(join(folder, `${name}.new`), content, { mode: 0o600 });
      await rename(join(folder, `${name}.new`), join(folder, name));
    };
    const present = async (pair: Certificates): Promise<void> => {
      await put('tls.crt', pair.cert);
      await put('tls.key', pair.key);
    };
    const configure = (variant: Variant): Promise<void> =>
      put('config.yaml', configText(sandbox.port, variant));

    await configure({ ring: ['a', 'b'] });
    const proxy = new Served(join(folder, 'config.yaml'));
    t.teardown(() => proxy.stop());
    const base = await proxy.started();
    const ca = pairs.map((pair) => pair.ca).join('\n');
    const client = (): SmallClient => new SmallClient({ base, ca, credentials: CLIENT, region: REGION });
    const first = client();
    await first.send('PUT', '/vault');
    first.close();

    /** One reload; every tenth is of a broken config, and every seventh of another upstream. */
    const turn = async (round: number): Promise<void> => {
      const ring = round % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      const broken = round % 10 === 9;
      await present(pairs[round % 2] ?? pairs[0]);
      await configure({ ring: broken ? ['nowhere'] : ring, keepAlive: round % 7 === 6 ? 300 : 200 });
      const outcome = await proxy.reload();
      if (outcome !== (broken ? 'refused' : 'taken')) t.fail(`reload ${round} was ${outcome}`);
    };
    const run = async (name: string, reloads: number): Promise<void> => {
      const clients = Array.from({ length: CLIENTS }, client);
      const workload = startWorkload(clients, 'vault', name);
      for (let round = 0; round < reloads; round += 1) {
        const wanted = workload.requests() + 2;
        await turn(round);
        while (workload.requests() < wanted && workload.failures.length === 0) await pause(1);
      }
      await workload.stop();
      await workload.readAll();
      t.same(workload.failures, [], `${name}: none of ${workload.requests()} requests failed`);
      t.ok(workload.requests() >= 2 * reloads, 'and there was load');
      for (const each of clients) each.close();
    };
    /** When idle connections to the store have had their time. */
    const quiet = async (): Promise<Probe> => {
      let probe: Probe | undefined;
      for (let tries = 0; tries < 10 && probe?.sockets !== 0; tries += 1) {
        await pause(600);
        probe = await proxy.probe();
      }
      return probe as Probe;
    };

    await run('warm-up', WARM_UP);
    const before = await quiet();
    await run('load', RELOADS);
    const after = await quiet();

    t.comment(JSON.stringify({ before, after, requests: proxy.requests }));
    const { heap: heapBefore, ...alive } = before;
    const { heap: heapAfter, ...still } = after;
    t.same(still, { ...alive, sockets: 0 }, 'as many pools, keys and certificates are alive as before');
    t.ok(heapAfter - heapBefore < MOST_GROWTH, `the heap grew by ${heapAfter - heapBefore} bytes`);
    t.equal(
      proxy.reloads.refused,
      [WARM_UP, RELOADS].reduce((sum, n) => sum + Math.floor(n / 10), 0),
    );
    t.same(
      proxy.lines.filter(({ status, stderr }) => status !== undefined || stderr !== undefined),
      [],
      'and nothing of it in the log',
    );

    await configure({ ring: ['a', 'b'], watch: '50ms' });
    await proxy.reload();
    await present(pairs[1]);
    const served = async (): Promise<string> => await fingerprintAt(base, ca);
    const wanted = new X509Certificate(pairs[1].cert).fingerprint256;
    for (let tries = 0; tries < 100 && (await served()) !== wanted; tries += 1) await pause(50);
    t.equal(await served(), wanted, 'a renewed certificate is served without a signal');
    t.equal(await proxy.stop(), 0);
  },
);

async function pairOf(): Promise<Certificates> {
  return await makeCertificates({ names: [], addresses: ['127.0.0.1'] });
}

/** The fingerprint of the certificate that is served there. */
async function fingerprintAt(base: string, ca: string): Promise<string> {
  const socket = tls.connect({ host: '127.0.0.1', port: Number(new URL(base).port), ca });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
