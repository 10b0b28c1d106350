import t from 'tap';
import { deriveKey } from '../../../src/keys/derive.ts';
import type { Injection } from '../../../src/proxy/plan/plan.ts';
import { OPERATIONS, type OperationName } from '../../../src/s3/operations.ts';
import { PROVIDER_NAMES, PROVIDERS } from '../../../src/s3/providers.ts';
import { ssecHeaders } from '../../../src/ssec/headers.ts';
import { parameterFor } from '../../support/conditions.ts';
import { codeOf, refusal } from '../../support/failure.ts';
import { pinnedTo } from '../../support/pinned.ts';
import { planOf, type Request } from '../../support/planned.ts';
import { NOW } from '../../support/signed.ts';
import { snapshotOf, testCredentials, testSsecKey } from '../../support/snapshot.ts';

const NEW = testSsecKey('new');
const OLD = testSsecKey('old');
const RULES = [
  { bucket: 'vault', encrypt: [NEW, OLD] },
  { bucket: 'vault', prefix: 'plain/', encrypt: 'off' },
  { bucket: 'passed', encrypt: [NEW, OLD], clientHeaders: 'pass' },
  { bucket: 'open', encrypt: 'off' },
] as const;
const snapshot = snapshotOf({ rules: RULES });

const OWN = testSsecKey('own');
const CLIENT_KEY = ssecHeaders('target', OWN);
const SOURCE_KEY = ssecHeaders('source', OWN);
const ECHO = {
  'x-amz-server-side-encryption-customer-algorithm': 'AES256',
  'x-amz-server-side-encryption-customer-key-MD5': 'b',
};

const said = (injection: Injection | undefined): string =>
  injection?.kind === 'inject'
    ? injection.ring.map(({ id }) => id).join(',')
    : (injection?.kind ?? 'no source');
const ends = (request: Request, from = snapshot): [string, string] => {
  const plan = planOf({ ...request, rawTarget: pinnedTo(NEW, request.rawTarget) }, from);
  return [said(plan.ssec), said(plan.source?.ssec)];
};
const copy = (source: string, more: Record<string, string> = {}) => ({
  'x-amz-copy-source': source,
  ...more,
});

t.test(
  'writes with the first key whose time has come, tries it first, and refuses a write when there is none',
  async (t) => {
    const later = { ssecKey: NEW, writesFrom: new Date(NOW.getTime() + 1) };
    const soon = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [later, OLD] }] });
    t.same(ends({ method: 'PUT', rawTarget: '/vault/k' }, soon), ['old', 'no source']);
    t.same(ends({ method: 'GET', rawTarget: '/vault/k' }, soon), ['old,new', 'no source']);
    const none = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [later] }] });
    t.equal(
      codeOf(() => planOf({ method: 'PUT', rawTarget: '/vault/k' }, none)),
      'ServiceUnavailable',
    );
    t.same(ends({ method: 'GET', rawTarget: '/vault/k' }, none), ['new', 'no source']);
  },
);

t.test('derives the keys of both ends of a copy, each for its own name', async (t) => {
  const derived = { ssecKey: NEW, derive: { context: undefined } };
  const rules = snapshotOf({ rules: [{ bucket: 'vault', encrypt: [derived, NEW] }] });
  const request = { method: 'PUT', rawTarget: '/vault/b', headers: copy('/vault/a') };
  const { ssec, source } = planOf(request, rules);
  const md5Of = (objectKey: string): string => deriveKey(NEW, 'vault', objectKey).md5;
  t.match(ssec, { kind: 'inject', ring: [{ md5: md5Of('b') }] });
  t.match(source?.ssec, { kind: 'inject', ring: [{ md5: md5Of('a') }, { md5: NEW.md5 }] });
  t.same(
    planOf(request, rules).ssecKeys.map(({ md5 }) => md5),
    [md5Of('b'), md5Of('a'), NEW.md5],
  );
});

t.test('renames nothing in a bucket where a rule derives keys, whatever the store can do', async (t) => {
  const derived = { ssecKey: NEW, derive: { context: undefined } };
  const provider = { ...PROVIDERS.aws, subresourceWrites: ['RenameObject' as const] };
  const renaming = snapshotOf({
    rules: [
      { bucket: 'der*', prefix: 'a/', encrypt: [derived] },
      { bucket: 'vault', encrypt: [NEW] },
    ],
    default: 'pass',
    upstream: { provider },
  });
  const rename = (bucket: string) => ({
    method: 'PUT',
    rawTarget: `/${bucket}/b?renameObject`,
    headers: { 'x-amz-rename-source': 'a/a' },
  });
  t.equal(
    codeOf(() => planOf(rename('derived'), renaming)),
    'NotImplemented',
  );
  t.equal(
    codeOf(() => planOf(rename('vault'), renaming)),
    'ok',
  );
});

t.test('gives each operation the keys that it takes: the ring to read, the first key to write', async (t) => {
  const expected: [method: string, rawTarget: string, keys: string, headers?: Record<string, string>][] = [
    ['PUT', '/vault/k', 'new'],
    ['POST', '/vault/k?uploads', 'new'],
    ['PUT', '/vault/k?partNumber=1&uploadId=u', 'new'],
    ['POST', '/vault/k?uploadId=u', 'new'],
    ['GET', '/vault/k?uploadId=u', 'new'],
    ['GET', '/vault/k', 'new,old'],
    ['HEAD', '/vault/k', 'new,old'],
    ['GET', '/vault/k?attributes', 'new,old', { 'x-amz-object-attributes': 'ETag' }],
    ['POST', '/vault/k?select&select-type=2', 'new,old'],
    ['DELETE', '/vault/k', 'none'],
    ['DELETE', '/vault/k?uploadId=u', 'none'],
    ['GET', '/vault/k?tagging', 'none'],
    ['PUT', '/vault/k?tagging', 'none'],
    ['PUT', '/vault/k?acl', 'none'],
    ['PUT', '/vault/k?retention', 'none'],
    ['PUT', '/vault/k?legal-hold', 'none'],
    ['POST', '/vault/k?restore', 'none'],
    ['GET', '/vault', 'none'],
    ['GET', '/vault?list-type=2&prefix=a', 'none'],
    ['POST', '/vault?delete', 'none'],
    ['PUT', '/vault?encryption', 'none'],
    ['GET', '/', 'none'],
    ['PUT', '/open/k', 'none'],
    ['GET', '/vault/plain/k', 'none'],
  ];
  for (const [method, rawTarget, keys, headers = {}] of expected) {
    t.equal(ends({ method, rawTarget, headers })[0], keys, `${method} ${rawTarget}`);
  }
});

t.test('gives the store its own ids of uploads, and the marker of a list too', async (t) => {
  const pinned = new URLSearchParams(pinnedTo(NEW, '/vault/k?uploadId=u').split('?')[1]).get('uploadId');
  const sent = (method: string, rawTarget: string): string =>
    planOf({ method, rawTarget }, snapshot).target.query.encode();
  t.equal(sent('DELETE', `/vault/k?uploadId=${pinned}`), 'uploadId=u');
  t.equal(
    sent('GET', `/vault?uploads&key-marker=k&upload-id-marker=${pinned}`),
    'uploads&key-marker=k&upload-id-marker=u',
  );
  const asIs = `uploads&key-marker=plain%2Fk&upload-id-marker=${pinned}`;
  t.equal(sent('GET', `/vault?${asIs}`), asIs, 'nothing is pinned where nothing is encrypted');
});

t.test('never plans a key for an operation that takes none', async (t) => {
  const paths = { service: '/', bucket: '/vault', object: '/vault/k' };
  for (const { name, method, shape, query, headers, ssec } of OPERATIONS) {
    if (ssec !== 'none') continue;
    const parameters = query.map(parameterFor).join('&');
    const fields = Object.fromEntries(headers.map((condition) => [condition, 'x']));
    const request = {
      method,
      rawTarget: `${paths[shape]}?${parameters}`,
      headers: { ...fields, ...CLIENT_KEY },
    };
    const outcome = codeOf(() => t.same(ends(request), ['none', 'no source'], name));
    t.ok(outcome === 'ok' || outcome === 'NotImplemented', `${name}: ${outcome}`);
  }
});

t.test('plans each end of a copy by its own rule', async (t) => {
  const expected: [target: string, source: string, ends: [string, string]][] = [
    ['/vault/k', '/vault/s', ['new', 'new,old']],
    ['/vault/k', '/open/s', ['new', 'none']],
    ['/open/k', '/vault/s', ['none', 'new,old']],
    ['/open/k', 'open/s', ['none', 'none']],
    ['/vault/plain/k', '/vault/s', ['none', 'new,old']],
    ['/vault/k', '/vault/plain/s', ['new', 'none']],
    ['/vault/k', '/vault%2Fplain%2Fs', ['new', 'none']],
    ['/vault/k', '/vault/x/../plain/s', ['new', 'new,old']],
  ];
  for (const [rawTarget, source, keys] of expected) {
    t.same(ends({ method: 'PUT', rawTarget, headers: copy(source) }), keys, `${source} to ${rawTarget}`);
    const part = { method: 'PUT', rawTarget: `${rawTarget}?partNumber=1&uploadId=u`, headers: copy(source) };
    t.same(ends(part), keys, `part: ${source} to ${rawTarget}`);
  }
  const { source } = planOf(
    { method: 'PUT', rawTarget: '/vault/k', headers: copy('open/a%20b?versionId=v') },
    snapshot,
  );
  t.match(source, { bucket: 'open', objectKey: 'a b', versionId: 'v' });
});

t.test('refuses a copy unless the rules allow both ends', async (t) => {
  for (const [rawTarget, source] of [
    ['/vault/k', '/elsewhere/s'],
    ['/elsewhere/k', '/vault/s'],
  ] as const) {
    t.equal(
      codeOf(() => planOf({ method: 'PUT', rawTarget, headers: copy(source) }, snapshot)),
      'AccessDenied',
    );
  }
  const bad = { method: 'PUT', rawTarget: '/vault/k', headers: copy('nothing') };
  t.equal(
    codeOf(() => planOf(bad, snapshot)),
    'InvalidArgument',
  );
  const twice = {
    method: 'PUT',
    rawTarget: '/vault/k',
    headers: { 'x-amz-copy-source': ['/open/a', '/open/b'] },
  };
  t.equal(
    codeOf(() => planOf(twice, snapshot)),
    'InvalidRequest',
  );
});

t.test('leaves to the store the copies that it does safely, and those with two plain ends', async (t) => {
  for (const provider of PROVIDER_NAMES) {
    const store = snapshotOf({ rules: RULES, provider });
    const copier = (rawTarget: string, headers: ReturnType<typeof copy>): string | undefined =>
      planOf({ method: 'PUT', rawTarget, headers }, store).source?.copy;
    const safe = ['aws', 'minio', 'garage', 'seaweedfs'].includes(provider) ? 'store' : 'relay';
    const safePart = ['aws', 'garage'].includes(provider) ? 'store' : 'relay';
    for (const [rawTarget, source, done] of [
      ['/vault/k', '/vault/s', safe],
      ['/vault/k', '/open/s', safe],
      ['/open/k', '/vault/s', safe],
      ['/open/k?partNumber=1&uploadId=u', '/vault/s', safePart],
      ['/open/k', '/open/s', 'store'],
      ['/open/k?partNumber=1&uploadId=u', '/open/s', 'store'],
    ] as const) {
      t.equal(copier(rawTarget, copy(source)), done, `${provider}: ${source} to ${rawTarget}`);
    }
    t.equal(copier('/passed/k', copy('/open/s', CLIENT_KEY)), safe, "a client's key counts too");
  }
});

t.test('gives Complete and ListParts no key where the store documents none', async (t) => {
  for (const provider of PROVIDER_NAMES) {
    const store = snapshotOf({ rules: RULES, provider });
    const keys = provider === 'obs' ? 'none' : 'new';
    for (const method of ['POST', 'GET']) {
      t.equal(ends({ method, rawTarget: '/vault/k?uploadId=u' }, store)[0], keys, `${provider} ${method}`);
    }
    t.equal(ends({ method: 'PUT', rawTarget: '/vault/k?uploadId=u&partNumber=1' }, store)[0], 'new');
  }
});

t.test("refuses a client's own key, or lets it through, as the rule says", async (t) => {
  for (const [method, rawTarget] of [
    ['PUT', '/vault/k'],
    ['GET', '/vault/k'],
    ['POST', '/vault/k?uploads'],
    ['PUT', '/open/k'],
  ] as const) {
    const error = refusal(() => planOf({ method, rawTarget, headers: CLIENT_KEY }, snapshot));
    const why = rawTarget.startsWith('/open/') ? 'stores without encryption' : 'supplies the keys here';
    t.match(error, { code: 'InvalidRequest', message: /rules\[\d\].*clientHeaders: pass/ });
    t.match(error.message, why);
  }
  t.equal(ends({ method: 'PUT', rawTarget: '/passed/k', headers: CLIENT_KEY })[0], 'client');
  t.equal(ends({ method: 'PUT', rawTarget: '/passed/k' })[0], 'new', 'without one, the rule supplies it');
  const source = { method: 'PUT', rawTarget: '/vault/k', headers: copy('/vault/s', SOURCE_KEY) };
  t.equal(
    codeOf(() => planOf(source, snapshot)),
    'InvalidRequest',
  );
  const passed = { method: 'PUT', rawTarget: '/vault/k', headers: copy('/passed/s', SOURCE_KEY) };
  t.same(ends(passed), ['new', 'client']);
});

t.test("knows a client's own keys, of either end, and what is to be proven of them", async (t) => {
  const rawTarget = '/passed/k';
  const put = planOf({ method: 'PUT', rawTarget, headers: CLIENT_KEY }, snapshot);
  t.match(put.write, { bucket: 'passed', objectKey: 'k', ssecKey: { md5: OWN.md5 }, prefix: '' });
  t.same(
    put.ssecKeys.map(({ md5 }) => md5),
    [OWN.md5],
  );
  const read = planOf({ method: 'GET', rawTarget, headers: CLIENT_KEY }, snapshot);
  t.equal(read.write, undefined);
  t.equal(read.ssecKeys[0]?.md5, OWN.md5);
  const headers = copy('/passed/s', SOURCE_KEY);
  const copied = planOf({ method: 'PUT', rawTarget: '/vault/k', headers }, snapshot);
  t.same(
    copied.ssecKeys.map(({ md5 }) => md5),
    [NEW.md5, OWN.md5],
  );
  t.equal(copied.write?.ssecKey.md5, NEW.md5);
  const passing = snapshotOf({ rules: RULES, default: 'pass' });
  const elsewhere = planOf({ method: 'PUT', rawTarget: '/other/k', headers: CLIENT_KEY }, passing);
  t.equal(elsewhere.write, undefined, 'where no rule encrypts nothing is promised');
});

t.test('refuses what is neither a key nor an echo, under every rule', async (t) => {
  const rules = [...RULES, { bucket: 'loose', encrypt: 'off', clientHeaders: 'pass' }] as const;
  const passing = snapshotOf({ rules, default: 'pass' });
  const obs = snapshotOf({ rules, default: 'pass', provider: 'obs' });
  const key = 'x-amz-server-side-encryption-customer-key';
  const empty = { [key]: '' };
  const all = Object.fromEntries(Object.keys(CLIENT_KEY).map((name) => [name, '']));
  for (const headers of [empty, all, { ...CLIENT_KEY, [key]: '' }, { [key]: OWN.base64 }]) {
    const source = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.replace('x-amz-', 'x-amz-copy-source-'), value]),
    );
    for (const store of [passing, obs]) {
      for (const bucket of ['vault', 'passed', 'open', 'loose', 'elsewhere']) {
        const code = ['vault', 'open'].includes(bucket) ? 'InvalidRequest' : 'InvalidArgument';
        for (const [method, query] of [
          ['PUT', ''],
          ['GET', ''],
          ['HEAD', ''],
          ['POST', '?uploads'],
          ['PUT', '?partNumber=1&uploadId=u'],
          ['POST', '?uploadId=u'],
          ['GET', '?uploadId=u'],
        ] as const) {
          const rawTarget = pinnedTo(NEW, `/${bucket}/k${query}`);
          t.equal(
            codeOf(() => planOf({ method, rawTarget, headers }, store)),
            code,
            `${method} ${rawTarget}`,
          );
        }
        const into = { method: 'PUT', rawTarget: `/${bucket}/k`, headers: copy('/elsewhere/s', headers) };
        t.equal(
          codeOf(() => planOf(into, store)),
          code,
          `a copy to ${bucket}`,
        );
        const from = { method: 'PUT', rawTarget: '/elsewhere/k', headers: copy(`/${bucket}/s`, source) };
        t.equal(
          codeOf(() => planOf(from, store)),
          code,
          `a copy from ${bucket}`,
        );
      }
    }
  }
});

t.test('drops an echo in reads and where a rule encrypts, and refuses it elsewhere', async (t) => {
  const claim = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };
  const source = { 'x-amz-copy-source-server-side-encryption-customer-algorithm': 'AES256' };
  const code = (method: string, rawTarget: string, headers: Record<string, string>): string =>
    codeOf(() => planOf({ method, rawTarget: pinnedTo(NEW, rawTarget), headers }, snapshot));
  t.equal(code('POST', '/open/k?uploadId=u', claim), 'InvalidArgument');
  t.equal(code('POST', '/vault/k?uploadId=u', claim), 'ok');
  t.equal(code('GET', '/open/k', claim), 'ok');
  t.equal(code('PUT', '/open/k', copy('/open/s', source)), 'InvalidArgument');
  t.equal(code('PUT', '/vault/k', copy('/vault/s', source)), 'ok');
});

t.test('takes an algorithm or a key-MD5 without a key for an echo', async (t) => {
  t.equal(ends({ method: 'PUT', rawTarget: '/vault/k', headers: ECHO })[0], 'new');
  t.same(ends({ method: 'PUT', rawTarget: '/vault/k', headers: copy('/vault/s', ECHO) }), ['new', 'new,old']);
});

t.test('denies what no rule matches, or passes it as it is', async (t) => {
  const passing = snapshotOf({ rules: RULES, default: 'pass' });
  for (const [method, rawTarget] of [
    ['GET', '/other/k'],
    ['PUT', '/other/k'],
    ['DELETE', '/other/k'],
    ['GET', '/other'],
    ['PUT', '/other'],
    ['OPTIONS', '/other/k'],
  ] as const) {
    const headers = { origin: 'https://a.test', 'access-control-request-method': 'GET' };
    const request = { method, rawTarget, headers };
    t.match(
      refusal(() => planOf(request, snapshot)),
      { code: 'AccessDenied', status: 403 },
      rawTarget,
    );
    t.same(ends(request, passing), ['none', 'no source']);
  }
  t.equal(ends({ method: 'PUT', rawTarget: '/other/k', headers: CLIENT_KEY }, passing)[0], 'client');
  t.equal(ends({ method: 'PUT', rawTarget: '/vault/k' }, passing)[0], 'new', 'rules still hold');
  t.equal(
    planOf({ method: 'GET', rawTarget: '/' }, snapshot).match.kind,
    'service',
    'ListBuckets always passes',
  );
});

t.test('says which rule matched', async (t) => {
  const { match } = planOf({ method: 'GET', rawTarget: '/vault/plain/k' }, snapshot);
  t.match(match, { kind: 'rule', rule: { name: 'rules[1]' } });
  t.same(planOf({ method: 'GET', rawTarget: '/vault' }, snapshot).match, { kind: 'bucket' });
});

t.test('signs everything but a preflight', async (t) => {
  const headers = { origin: 'https://a.test', 'access-control-request-method': 'GET' };
  t.equal(planOf({ method: 'OPTIONS', rawTarget: '/vault/k', headers }, snapshot).credentials, undefined);
  t.equal(
    planOf({ method: 'GET', rawTarget: '/vault/k' }, snapshot).credentials,
    snapshot.upstream.credentials,
  );
});

t.test(
  'refuses what would go around the rules: forms, and renames of objects that it did not look at',
  async (t) => {
    const form = {
      method: 'POST',
      rawTarget: '/vault',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    };
    t.equal(
      codeOf(() => planOf(form, snapshot)),
      'NotImplemented',
    );
    const headers = { 'x-amz-rename-source': '/elsewhere/secret' };
    t.equal(
      codeOf(() => planOf({ method: 'PUT', rawTarget: '/open/k?renameObject', headers }, snapshot)),
      'NotImplemented',
    );
  },
);

t.test('sends a write to a part of an object only where the store is known to know it', async (t) => {
  const writes: [name: OperationName, method: string, query: string][] = [
    ['PutObjectAcl', 'PUT', 'acl'],
    ['PutObjectTagging', 'PUT', 'tagging'],
    ['DeleteObjectTagging', 'DELETE', 'tagging'],
    ['PutObjectRetention', 'PUT', 'retention'],
    ['PutObjectLegalHold', 'PUT', 'legal-hold'],
    ['RestoreObject', 'POST', 'restore'],
    ['SelectObjectContent', 'POST', 'select&select-type=2'],
    ['UpdateObjectEncryption', 'PUT', 'encryption'],
    ['PutObjectAnnotation', 'PUT', 'annotation&annotationName=a'],
    ['DeleteObjectAnnotation', 'DELETE', 'annotation&annotationName=a'],
  ];
  for (const provider of PROVIDER_NAMES) {
    const store = snapshotOf({ rules: RULES, provider });
    for (const [name, method, query] of writes) {
      const known = store.upstream.provider.subresourceWrites.includes(name);
      const request = { method, rawTarget: `/vault/k?${query}` };
      t.equal(
        codeOf(() => planOf(request, store)),
        known ? 'ok' : 'NotImplemented',
        `${name} on ${provider}`,
      );
    }
    for (const [method, query] of [
      ['POST', 'uploads'],
      ['PUT', 'uploadId=u&partNumber=1'],
      ['POST', 'uploadId=u'],
      ['DELETE', 'uploadId=u'],
    ] as const) {
      t.equal(
        codeOf(() => planOf({ method, rawTarget: pinnedTo(NEW, `/vault/k?${query}`) }, store)),
        'ok',
        `${query} on ${provider}`,
      );
    }
  }
});

t.test('refuses object keys that have a second name at a store that folds them', async (t) => {
  const folding = snapshotOf({ rules: RULES, provider: 'generic' });
  for (const objectKey of [
    'a//b',
    '/a',
    'a/../b',
    '../b',
    'a/.',
    './a',
    '%2E%2E/b',
    'a%2F%2Fb',
    'a%5C..%5Cb',
    '.',
  ]) {
    const rawTarget = `/open/${objectKey}`;
    t.equal(
      codeOf(() => planOf({ method: 'GET', rawTarget }, folding)),
      'InvalidArgument',
      objectKey,
    );
    t.equal(
      codeOf(() => planOf({ method: 'GET', rawTarget }, snapshot)),
      'ok',
      'AWS keeps it as it is',
    );
    const headers = copy(`/open/${objectKey}`);
    t.equal(
      codeOf(() => planOf({ method: 'PUT', rawTarget: '/open/k', headers }, folding)),
      'InvalidArgument',
    );
  }
  for (const objectKey of ['a/b', 'a.b', '.a/..b', 'a./b', '...']) {
    t.equal(
      codeOf(() => planOf({ method: 'GET', rawTarget: `/open/${objectKey}` }, folding)),
      'ok',
      objectKey,
    );
  }
  const lists = { '': 'ok', 'a/': 'ok', a: 'ok', 'a/../': 'InvalidArgument', 'a//': 'InvalidArgument' };
  for (const [prefix, code] of Object.entries(lists)) {
    const rawTarget = `/vault?list-type=2&prefix=${prefix}`;
    t.equal(
      codeOf(() => planOf({ method: 'GET', rawTarget }, folding)),
      code,
      `prefix ${prefix}`,
    );
  }
});

t.test('sends each bucket to its upstream, with the row and the signer of that one', async (t) => {
  const cold = {
    ...snapshot.upstream,
    name: 'upstreams.cold',
    hostname: 'ceph.example.org',
    provider: PROVIDERS.ceph,
    credentials: testCredentials('cold'),
  };
  const several = snapshotOf({
    rules: [
      { bucket: 'vault', encrypt: [NEW] },
      { bucket: 'cold-*', encrypt: [NEW], upstream: 'cold' },
      { bucket: 'open-cold', prefix: 'x/', encrypt: 'off', upstream: 'cold' },
    ],
    default: 'pass',
    upstreams: new Map([['cold', cold]]),
  });
  for (const [method, rawTarget, wanted] of [
    ['GET', '/vault/k', 'upstream'],
    ['GET', '/cold-1/k', 'upstreams.cold'],
    ['GET', '/cold-1?list-type=2', 'upstreams.cold'],
    ['HEAD', '/cold-1', 'upstreams.cold'],
    ['PUT', '/cold-1', 'upstreams.cold'],
    ['GET', '/open-cold/not-of-the-rule', 'upstreams.cold'],
    ['GET', '/of-no-rule/k', 'upstream'],
    ['HEAD', '/of-no-rule', 'upstream'],
  ] as const) {
    const { upstream, credentials } = planOf({ method, rawTarget }, several);
    t.equal(upstream.name, wanted, `${method} ${rawTarget}`);
    t.equal(credentials, upstream.credentials, `${method} ${rawTarget}`);
  }
  const tagging = (bucket: string) => ({ method: 'PUT', rawTarget: `/${bucket}/k?acl` });
  t.equal(planOf(tagging('cold-1'), several).operation.name, 'PutObjectAcl');
  const restore = (bucket: string) => ({ method: 'POST', rawTarget: `/${bucket}/k?restore` });
  t.equal(planOf(restore('vault'), several).upstream.provider.name, 'aws');
  t.match(
    refusal(() => planOf(restore('cold-1'), several)),
    { code: 'NotImplemented', message: /provider ceph/ },
  );
  for (const [source, target] of [
    ['vault', 'cold-1'],
    ['cold-1', 'vault'],
    ['of-no-rule', 'open-cold'],
  ]) {
    const request = { method: 'PUT', rawTarget: `/${target}/k`, headers: copy(`/${source}/k`) };
    const plan = planOf(request, several);
    t.equal(plan.source?.copy, 'relay', 'between two stores the proxy copies');
    t.not(plan.source?.upstream, plan.upstream);
    t.equal(plan.source?.credentials, plan.source?.upstream.credentials);
  }
  const within = planOf({ method: 'PUT', rawTarget: '/open-cold/k', headers: copy('/open-cold/j') }, several);
  t.match(within.source, { upstream: cold, copy: 'store' });
});

t.test('writes nothing under a key to a folder of a store that keeps folders in plain', async (t) => {
  const code = (method: string, rawTarget: string, provider: 'seaweedfs' | 'ceph', more = {}): string =>
    codeOf(() => planOf({ method, rawTarget, headers: more }, snapshotOf({ rules: RULES, provider })));
  t.equal(code('PUT', '/vault/folder/', 'seaweedfs'), 'InvalidArgument');
  t.equal(code('POST', '/vault/folder/?uploads', 'seaweedfs'), 'InvalidArgument');
  t.equal(code('PUT', '/vault/folder/', 'seaweedfs', copy('/open/a')), 'InvalidArgument');
  t.equal(code('PUT', '/vault/folder/', 'ceph'), 'ok');
  t.equal(code('PUT', '/open/folder/', 'seaweedfs'), 'ok');
  t.equal(code('DELETE', '/vault/folder/', 'seaweedfs'), 'ok');
  t.equal(code('HEAD', '/vault/folder/', 'seaweedfs'), 'ok');
});
