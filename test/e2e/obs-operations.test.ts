import t, { type Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import { type Ask, ask, type Front, type Got, startFront } from '../adversary/support.ts';
import { ACCESS, REGION, startFixture } from '../sandbox/fixture.ts';
import { toLoopback } from '../support/obs-store.ts';
import { testSsecKey } from '../support/snapshot.ts';
import { newMarker } from './support.ts';

const DOMAIN = 'obs.store.test';
const OLD = testSsecKey('old');
const NEW = testSsecKey('new');
type Ring = [typeof OLD, ...(typeof OLD)[]];
const CREDENTIALS: Credentials = {
  accessKeyId: ACCESS.accessKeyId,
  secretAccessKey: new Secret(ACCESS.secretAccessKey),
};

/** A store that is as strict as OBS's documents, and proxies before it, one for each ring. */
async function stand(t: Test, dialect: typeof OBS | undefined) {
  const { ca, cert, key } = await makeCertificates({ names: [DOMAIN, `*.${DOMAIN}`], addresses: [] });
  const { sandbox, disk } = await startFixture(t, {
    profile: 'obs',
    domains: [DOMAIN],
    buckets: ['secret', 'plain'],
    tls: { cert, key },
  });
  const frontUnder = (...encrypt: Ring): Promise<Front> => frontWith(encrypt);
  const frontWith = (encrypt: Ring | 'off'): Promise<Front> =>
    startFront(t, {
      port: sandbox.port,
      provider: PROVIDERS.obs,
      rules: [
        { bucket: 'secret', encrypt },
        { bucket: 'plain', encrypt: 'off' },
      ],
      lookup: toLoopback,
      upstream: {
        protocol: 'https:',
        hostname: DOMAIN,
        ca,
        region: REGION,
        addressing: 'virtual',
        dialect,
        credentials: CREDENTIALS,
      },
    });
  const onDisk = async (marker: string) => (await disk()).filter((file) => file.includes(marker)).length;
  return { frontUnder, frontWith, onDisk };
}

function appending(t: Test, { port }: Front, target: string) {
  return (position: number, body: string, more: Partial<Ask> = {}): Promise<Got> =>
    ask(t, port, { method: 'POST', target: `${target}?append&position=${position}`, body, ...more });
}

const nextOf = ({ head }: Got): number =>
  Number(/^x-obs-next-append-position: (\d+)\r?$/im.exec(head)?.[1] ?? Number.NaN);

for (const [name, dialect] of [
  ['obs', OBS],
  ['s3', undefined],
] as const) {
  t.test(`an object of OBS grows across a rotation, and reads back whole (dialect: ${name})`, async (t) => {
    const { frontUnder, frontWith, onDisk } = await stand(t, dialect);
    const before = await frontUnder(OLD);
    const after = await frontUnder(NEW, OLD);
    const marker = newMarker();
    const first = await appending(t, before, '/secret/log')(0, `${marker},`);
    t.match(first, { status: 200 }, first.text);
    const second = await appending(t, after, '/secret/log')(nextOf(first), 'two,');
    t.match(second, { status: 200 }, second.text);
    const third = await appending(t, after, '/secret/log')(nextOf(second), 'three');
    t.match(third, { status: 200 }, third.text);
    for (const { port } of [before, after])
      t.equal(
        (await ask(t, port, { method: 'GET', target: '/secret/log' })).body,
        `${marker},two,three`,
        'it is all under the key that it began with',
      );
    t.equal(await onDisk(marker), 0);

    const [a, b] = await Promise.all([
      appending(t, before, '/secret/log')(nextOf(third), 'AAAA'),
      appending(t, after, '/secret/log')(nextOf(third), 'BBBB'),
    ]);
    t.same(
      [a, b].map(({ status }) => status).toSorted((x, y) => x - y),
      [200, 409],
    );
    t.match(
      (await ask(t, after.port, { method: 'GET', target: '/secret/log' })).body,
      /,three(?:AAAA|BBBB)$/,
    );
    const late = await appending(t, after, '/secret/log')(1, 'x');
    t.equal(late.status, 409, 'in the words of the store');
    const open = await frontWith('off');
    t.match(await appending(t, open, '/secret/plain')(0, 'plain'), { status: 200 });
    const sealed = await appending(t, after, '/secret/plain')(5, 'x');
    t.match(sealed, { status: 400, code: 'InvalidRequest' }, 'what is in plain gets nothing');
    t.equal((await ask(t, open.port, { method: 'GET', target: '/secret/plain' })).body, 'plain');
    const put = { method: 'PUT', target: '/secret/whole', body: 'whole' };
    t.match(await ask(t, after.port, put), { status: 200 });
    t.match(await appending(t, after, '/secret/whole')(5, 'x'), { status: 409, code: 'ObjectNotAppendable' });
  });

  t.test(`metadata is set without a new object (dialect: ${name})`, async (t) => {
    const { frontUnder } = await stand(t, dialect);
    const { port } = await frontUnder(NEW, OLD);
    const put = { method: 'PUT', target: '/secret/a', body: 'content' };
    t.match(await ask(t, port, { ...put, headers: { 'x-amz-meta-a': '1' } }), { status: 200 });
    const set = await ask(t, port, {
      method: 'PUT',
      target: '/secret/a?metadata',
      headers: { 'x-amz-metadata-directive': 'REPLACE_NEW', 'x-amz-meta-b': '2' },
    });
    t.match(set, { status: 200 }, set.text);
    const read = await ask(t, port, { method: 'GET', target: '/secret/a' });
    t.equal(read.body, 'content');
    t.match(read.head, /^x-amz-meta-a: 1\r?$/im);
    t.match(read.head, /^x-amz-meta-b: 2\r?$/im);
  });

  t.test(`settings of buckets, and what the bucket has not (dialect: ${name})`, async (t) => {
    const { frontUnder } = await stand(t, dialect);
    const { port } = await frontUnder(NEW);
    const quota = '<Quota><StorageQuota>1000</StorageQuota></Quota>';
    t.match(await ask(t, port, { method: 'PUT', target: '/secret?quota', body: quota }), { status: 200 });
    t.match(await ask(t, port, { method: 'GET', target: '/secret?quota' }), {
      status: 200,
      body: /<StorageQuota>1000</,
    });
    t.match(await ask(t, port, { method: 'GET', target: '/secret?storageInfo' }), { status: 200 });
    const truncated = await ask(t, port, { method: 'PUT', target: '/plain/a?truncate&length=1' });
    t.match(truncated, { status: 405, code: 'FsNotSupport' }, truncated.text);
    const renamed = await ask(t, port, { method: 'POST', target: '/plain/a?rename&name=b' });
    t.match(renamed, { status: 405, code: 'FsNotSupport' }, renamed.text);
  });
}

t.test("headers that an object brings come back, and none of them is the store's", async (t) => {
  const { frontUnder } = await stand(t, OBS);
  const { port } = await frontUnder(NEW);
  const value = `x-team:${Buffer.from('blue').toString('base64')}`;
  const headers = { 'x-obs-persistent-headers': value, 'x-obs-expires': '3' };
  const put = await ask(t, port, { method: 'PUT', target: '/secret/a', body: 'x', headers });
  t.match(put, { status: 200 }, put.text);
  t.match((await ask(t, port, { method: 'GET', target: '/secret/a' })).head, /^x-team: blue\r?$/im);
});
