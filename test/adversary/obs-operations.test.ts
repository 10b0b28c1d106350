import t, { type Test } from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import { OBS_OPERATIONS } from '../../src/s3/obs-operations.ts';
import { type Operation, operation } from '../../src/s3/operations.ts';
import { PROVIDER_NAMES, PROVIDERS } from '../../src/s3/providers.ts';
import { parameterFor } from '../support/conditions.ts';
import { type Arrived, strictStore } from './strict-store.ts';
import { type Ask, ask, clientWith, SSEC_KEY, SSEC_PREFIX, startFront } from './support.ts';

/** The stand-in is found by its address. */
const PATHS = { addressing: 'path' } as const;
const ROWS: readonly Operation[] = OBS_OPERATIONS.map(({ name }) => operation(name));
const ADMIN = clientWith('admin', { admin: true, grants: 'all' });
const READER = clientWith('reader', {
  admin: false,
  grants: ['secret', 'plain'].map((bucket) => ({
    bucket,
    prefix: '',
    actions: new Set(['read', 'list'] as const),
  })),
});

function requestFor({ method, shape, query, body }: Operation, bucket: string): Ask {
  const target = `/${bucket}${shape === 'object' ? '/a' : ''}?${query.map(parameterFor).join('&')}`;
  return { method, target, body: body === 'none' ? '' : '<Anything/>' };
}

/** A store that has an answer to each of these operations, and to the HEAD before an append. */
async function obsStore(t: Test): ReturnType<typeof strictStore> {
  return await strictStore(t, ({ method, target, headers }) => {
    const echo = [SSEC_PREFIX, SSEC_PREFIX.replace('-amz-', '-obs-')].flatMap((prefix) =>
      ['algorithm', 'key-md5'].flatMap((name) => {
        const value = headers[prefix + name];
        return value === undefined ? [] : [`${prefix}${name}: ${value}`];
      }),
    );
    const names = new URL(target, 'http://store').searchParams;
    const row = ROWS.find(
      (one) => one.method === method && one.query.every((name) => names.has(name.split('=')[0] as string)),
    );
    const [root] = row?.roots ?? [];
    const document = root === undefined ? '' : root === '{' ? '{}' : `<${root}/>`;
    const head = ['HTTP/1.1 200 OK', 'ETag: "e"', `Content-Length: ${document.length}`, ...echo];
    return [...head, '', document].join('\r\n');
  });
}

const changes = ({ method }: Arrived): boolean => method !== 'HEAD';

t.test('OBS gets each of its operations where its rule leaves objects plain', async (t) => {
  const store = await obsStore(t);
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    clients: [ADMIN],
    upstream: PATHS,
  });
  for (const row of ROWS) {
    const before = store.arrived.length;
    const { status, text } = await ask(t, front.port, { ...requestFor(row, 'plain'), as: ADMIN });
    t.equal(status, 200, `${row.name}: ${text}`);
    const [came, ...more] = store.arrived.slice(before);
    t.same(more, []);
    t.equal(came?.method, row.method);
    for (const condition of row.query) t.match(came?.target, condition.split('=')[0], row.name);
    t.notOk(
      Object.keys(came?.headers ?? {}).some((name) => name.startsWith(SSEC_PREFIX)),
      row.name,
    );
  }
  t.same(store.faults, []);
});

t.test(
  'where a rule encrypts, each goes under its key, without a body of its own, or not at all',
  async (t) => {
    const store = await obsStore(t);
    const front = await startFront(t, {
      port: store.port,
      provider: PROVIDERS.obs,
      clients: [ADMIN],
      upstream: PATHS,
    });
    for (const row of ROWS) {
      const before = store.arrived.length;
      const { status, code, body } = await ask(t, front.port, { ...requestFor(row, 'secret'), as: ADMIN });
      const came = store.arrived.slice(before).filter(changes);
      if (row.plainOnly !== undefined) {
        t.match({ status, code }, { status: 501, code: 'NotImplemented' }, row.name);
        t.match(body, row.plainOnly, 'and says why');
        t.same(came, []);
        continue;
      }
      t.equal(status, 200, row.name);
      t.equal(came.length, 1);
      const keyed = came[0]?.headers[`${SSEC_PREFIX}key`] === SSEC_KEY.base64;
      t.equal(keyed, row.ssec === 'write', row.name);
      if (row.shape === 'object' && row.body === 'stream') t.ok(keyed, 'no content goes without one');
    }
  },
);

t.test('who may not do it reaches no store, and hears of no rule', async (t) => {
  const store = await obsStore(t);
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    clients: [READER],
    upstream: PATHS,
  });
  for (const row of ROWS) {
    for (const bucket of ['plain', 'secret']) {
      const asked = await ask(t, front.port, { ...requestFor(row, bucket), as: READER });
      // A picture is read.
      if (row.access === 'read') continue;
      t.match(asked, { status: 403, code: 'AccessDenied' }, `${row.name} in ${bucket}`);
    }
  }
  t.same(
    store.arrived.filter(changes).filter(({ method }) => method !== 'GET'),
    [],
  );
});

t.test('no other store gets one', async (t) => {
  const store = await obsStore(t);
  for (const name of PROVIDER_NAMES.filter((one) => one !== 'obs')) {
    const front = await startFront(t, { port: store.port, provider: PROVIDERS[name], clients: [ADMIN] });
    for (const row of ROWS)
      for (const bucket of ['plain', 'secret']) {
        const asked = await ask(t, front.port, { ...requestFor(row, bucket), as: ADMIN });
        t.match(asked, { status: 501, code: 'NotImplemented' }, `${row.name} on ${name}`);
      }
  }
  t.same(store.arrived, []);
});

t.test('a name is compared in lower case, and goes out as the table has it', async (t) => {
  const store = await obsStore(t);
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    clients: [ADMIN],
    upstream: PATHS,
  });
  const spellings: Readonly<Record<string, readonly [method: string, sent: string]>> = {
    '/secret/a?Append&Position=0': ['POST', '/secret/a?append&position=0'],
    '/secret/a?METADATA': ['PUT', '/secret/a?metadata'],
    '/plain/a?tRuncate&Length=1': ['PUT', '/plain/a?truncate&length=1'],
    '/secret?STORAGEclass': ['PUT', '/secret?storageClass'],
    '/secret?mirrorbacktosource': ['DELETE', '/secret?mirrorBackToSource'],
  };
  for (const [target, [method, sent]] of Object.entries(spellings)) {
    const before = store.arrived.length;
    const { status } = await ask(t, front.port, { method, target, as: ADMIN });
    t.equal(status, 200, target);
    t.same(
      store.arrived.slice(before).map((came) => came.target),
      [sent],
    );
  }
  const before = store.arrived.length;
  for (const target of [
    '/secret/a?append&Append&position=0',
    '/secret/a?Modify&position=0',
    '/secret/a?RENAME&name=b',
  ])
    for (const method of ['PUT', 'POST']) {
      const { status } = await ask(t, front.port, { method, target, as: ADMIN });
      t.ok(status === 400 || status === 501, `${method} ${target}: ${status}`);
    }
  t.equal(store.arrived.length, before, 'no other spelling makes another operation of it');
});

t.test('what has the store write or read by itself is refused with the reason', async (t) => {
  const store = await obsStore(t);
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    clients: [ADMIN],
    upstream: PATHS,
  });
  const asked: readonly [method: string, target: string, headers: Record<string, string>, why: RegExp][] = [
    ['PUT', '/plain/a?symlink', { 'x-obs-symlink-target': 'b' }, /nobody judged/],
    ['GET', '/plain/a?symlink', {}, /nobody judged/],
    ['GET', '/plain/a?x-image-process=image/info&x-image-save-object=b', {}, /write an object by itself/],
    ['GET', '/plain/a?x-image-process=image/info&X-Image-Save-Bucket=b', {}, /write an object by itself/],
    ['GET', '/plain/a?x-image-process=image/watermark,image_cGxhaW4vYg', {}, /one picture alone/],
    ['GET', '/plain/a?x-image-process=style/mark', {}, /one picture alone/],
    ['GET', '/secret/a?x-image-process=image/info', {}, /where a rule encrypts/],
    ['PUT', '/plain?obsbucketalias', {}, /one name/],
    ['PUT', '/plain/a', { 'x-obs-callback': 'e30=' }, /somebody else/],
    ['PUT', '/secret/a', { 'x-obs-callback': 'e30=' }, /somebody else/],
    ['POST', '/plain/v1/async-fetch/jobs', {}, /./],
    ['PUT', '/plain/v1/extension_policy', {}, /another use/],
    ['PUT', '/plain/v1/async-fetch/jobs', { 'x-obs-oef-marker': 'yes' }, /./],
    ['GET', '/plain/v1/async-fetch/jobs/1', {}, /another use/],
  ];
  for (const [method, target, headers, why] of asked) {
    const { status, body } = await ask(t, front.port, { method, target, headers, as: ADMIN });
    t.ok(status === 400 || status === 501, `${method} ${target}: ${status}`);
    t.match(body, why, `${method} ${target}`);
  }
  t.same(store.arrived, []);
});

const OWNER = clientWith('owner', {
  admin: false,
  grants: [
    { bucket: 'plain', prefix: 'mine/', actions: new Set(['write', 'delete'] as const) },
    { bucket: 'plain', prefix: 'inbox/', actions: new Set(['write'] as const) },
    { bucket: 'plain', prefix: 'bin/', actions: new Set(['delete'] as const) },
  ],
});

t.test('a file is renamed by who may delete the old name and write the new one', async (t) => {
  const store = await obsStore(t);
  const front = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    clients: [OWNER],
    upstream: PATHS,
  });
  const renames: readonly [target: string, status: number][] = [
    ['/plain/mine/a?rename&name=mine/b', 200],
    ['/plain/mine/a?name=%2Finbox%2Fb&rename', 200],
    ['/plain/bin/a?rename&name=inbox/a', 200],
    ['/plain/inbox/a?rename&name=mine/a', 403],
    ['/plain/mine/a?rename&name=bin/a', 403],
    ['/plain/mine/a?rename&name=other/a', 403],
    ['/plain/mine/a?rename&name=//mine/a', 403],
    ['/plain/mine/a?rename&name=mine/../other/a', 400],
    ['/plain/mine/a?rename&name=mine//a', 400],
    ['/plain/mine/a?rename&name=/', 400],
    ['/plain/mine/a?rename&name=', 400],
    ['/plain/mine/a?rename', 400],
    ['/secret/mine/a?rename&name=mine/b', 403],
  ];
  for (const [target, wanted] of renames) {
    const { status } = await ask(t, front.port, { method: 'POST', target, as: OWNER });
    t.equal(status, wanted, target);
  }
  t.same(
    store.arrived.map(({ target }) => target),
    [
      '/plain/mine/a?rename&name=%2Fmine%2Fb',
      '/plain/mine/a?name=%2Finbox%2Fb&rename',
      '/plain/bin/a?rename&name=%2Finbox%2Fa',
    ],
    'as an absolute path, which is the name that was judged',
  );
});

const PERSISTENT = 'x-obs-persistent-headers';
const IN_OBS = { ...PATHS, dialect: OBS };

t.test(
  'an object brings no header into its answers that is the word of the store or of the proxy',
  async (t) => {
    const store = await obsStore(t);
    const front = await startFront(t, {
      port: store.port,
      provider: PROVIDERS.obs,
      upstream: IN_OBS,
    });
    const put = async (value: string): Promise<number> => {
      const headers = { [PERSISTENT]: value };
      return (await ask(t, front.port, { method: 'PUT', target: '/secret/a', headers, body: 'x' })).status;
    };
    t.equal(await put('my-note:aGk=,x-team:YQ=='), 200);
    t.equal(store.arrived.at(-1)?.headers[PERSISTENT], 'my-note:aGk=,x-team:YQ==');
    const before = store.arrived.length;
    for (const name of [
      `${SSEC_PREFIX}algorithm`,
      `${SSEC_PREFIX}key-md5`,
      'X-Amz-Meta-A',
      'x_amz_version_id',
      'x-obs-version-id',
      'x-goog-hash',
      'Location',
      'Set-Cookie',
      'access-control-allow-origin',
      'etag',
      'content-security-policy',
      'transfer-encoding',
      'date',
    ])
      t.equal(await put(`my-note:aGk=, ${name} :YQ==`), 400, name);
    for (const value of ['', 'a', 'a:b:c', ':YQ==', 'a b:YQ==', `a:${'A'.repeat(9000)}`])
      t.equal(await put(value), 400, value.slice(0, 20));
    t.equal(store.arrived.length, before);
  },
);

t.test("headers of OBS's own go to OBS, with the operations that have them", async (t) => {
  const store = await obsStore(t);
  const obs = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    upstream: IN_OBS,
  });
  const ceph = await startFront(t, { port: store.port, provider: PROVIDERS.ceph });
  const headers = { 'x-obs-expires': '3' };
  const put = { method: 'PUT', target: '/secret/a', body: 'x', headers };
  t.match(await ask(t, obs.port, put), { status: 200 });
  t.equal(store.arrived.at(-1)?.headers['x-obs-expires'], '3');
  t.match(
    await ask(t, obs.port, { ...put, target: '/secret/a?metadata' }),
    { status: 400 },
    'no object of others is removed',
  );
  t.match(await ask(t, ceph.port, put), { status: 400, code: 'InvalidArgument' });
  const inS3 = await startFront(t, {
    port: store.port,
    provider: PROVIDERS.obs,
    upstream: PATHS,
  });
  t.match(await ask(t, inS3.port, put), { status: 400, body: /upstream\.dialect/ });
  const files = { 'x-obs-fs-file-interface': 'Enabled' };
  const make = { method: 'PUT', headers: files };
  t.match(await ask(t, obs.port, { ...make, target: '/plain' }), { status: 200 });
  t.match(await ask(t, obs.port, { ...make, target: '/secret' }), { status: 501, body: /do not encrypt/ });
  const get = { method: 'GET', target: '/plain/a?attname=b.txt' };
  t.match(await ask(t, obs.port, get), { status: 200 });
  t.match(store.arrived.at(-1)?.target, /attname=b\.txt/);
  t.match(await ask(t, ceph.port, get), { status: 501 });
});
