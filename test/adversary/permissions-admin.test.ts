import t from 'tap';
import { OPERATIONS, type Operation } from '../../src/s3/operations.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { parameterFor } from '../support/conditions.ts';
import { IN_OBS } from './in-obs.ts';
import { type Ask, ask, clientWith, startFront, startStub } from './support.ts';

const EVERY_ACTION = new Set(['read', 'write', 'list', 'delete'] as const);
/** May do everything to every object, and nothing to the bucket. */
const USER = clientWith('user', {
  admin: false,
  grants: [{ bucket: 'secret', prefix: '', actions: EVERY_ACTION }],
});
const UNLIMITED = clientWith('unlimited', { admin: false, grants: 'all' });
const ADMIN = clientWith('admin', { admin: true, grants: 'all' });
/** An administrator, of another bucket. */
const ELSEWHERE = clientWith('elsewhere', {
  admin: true,
  grants: [{ bucket: 'plain', prefix: '', actions: EVERY_ACTION }],
});
const NOBODY = clientWith('nobody', { admin: true, grants: [] });

/** Sends what no provider's row would hold back. */
const PROVIDER = { ...PROVIDERS.aws, subresourceWrites: OPERATIONS.map(({ name }) => name) };

/** A request that is classified as this row. */
function requestOf({ method, shape, query, headers, body }: Operation): Ask {
  const path = { service: '/', bucket: '/secret', object: '/secret/a' }[shape];
  const pairs = query.map(parameterFor);
  const fields = headers.map((condition) => {
    const [name = '', value] = condition.split('=');
    return [name, name === 'x-amz-copy-source' ? '/secret/b' : (value ?? 'x')] as const;
  });
  return {
    method,
    target: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: Object.fromEntries(fields),
    body: body === 'none' ? '' : '<Anything/>',
  };
}

t.test(
  "no operation on a bucket's configuration can reach the store for a client that is not an administrator",
  async (t) => {
    const store = await startStub(t, (_request, response) => void response.end('reached'));
    const clients = [USER, UNLIMITED, ELSEWHERE, NOBODY];
    const front = await startFront(t, { port: store.port, clients, provider: PROVIDER });
    const rows = OPERATIONS.filter(({ access }) => access === 'admin');
    t.ok(rows.length > 60, `${rows.length} operations`);
    for (const row of rows) {
      for (const as of clients) {
        const answer = await ask(t, front.port, { ...requestOf(row), as });
        t.match(answer, { status: 403, code: 'AccessDenied' }, `${as.accessKeyId}: ${row.name}`);
      }
    }
    t.equal(store.requests.length, 0);
  },
);

t.test("the operations that change or tell a bucket's configuration can't be anybody's", async (t) => {
  const mild = new Set([
    'DeleteObjects',
    'PostObject',
    'GetBucketEncryption',
    'GetBucketLocation',
    'GetBucketVersioning',
    'GetObjectLockConfiguration',
    'HeadBucket',
    'ListMultipartUploads',
    'ListObjectVersions',
    'ListObjects',
    'ListObjectsV2',
  ]);
  for (const { name, access, shape } of OPERATIONS)
    if (shape === 'bucket') t.equal(access === 'admin', !mild.has(name), name);
});

t.test("who has no grant in a bucket can't reach the store by any operation of the table", async (t) => {
  const store = await startStub(t, (_request, response) => void response.end('reached'));
  const front = await startFront(t, { port: store.port, clients: [ELSEWHERE, NOBODY], provider: PROVIDER });
  for (const row of OPERATIONS) {
    // The answer to a ListBuckets is filtered, and browsers send their preflights unsigned.
    if (row.shape === 'service' && row.access === 'list') continue;
    if (row.method === 'OPTIONS') continue;
    for (const as of [ELSEWHERE, NOBODY]) {
      const { status } = await ask(t, front.port, { ...requestOf(row), as });
      // A form is judged by its policy, which these requests don't bring.
      const refused = status === 403 || status === 501 || (row.body === 'form' && status === 400);
      t.ok(refused, `${as.accessKeyId}: ${row.name}: ${status}`);
    }
  }
  t.equal(store.requests.length, 0);
});

t.test("WriteGetObjectResponse can't go through for anybody", async (t) => {
  const store = await startStub(t, (_request, response) => void response.end('reached'));
  const front = await startFront(t, { port: store.port, clients: [ADMIN, UNLIMITED] });
  const row = OPERATIONS.find(({ name }) => name === 'WriteGetObjectResponse') as Operation;
  for (const as of [ADMIN, UNLIMITED]) {
    t.match(await ask(t, front.port, { ...requestOf(row), as }), { status: 403, code: 'AccessDenied' });
  }
  t.equal(store.requests.length, 0);
});

t.test('an administrator reaches it: the refusals above are not for want of a request', async (t) => {
  let document = '';
  const store = await startStub(t, (_request, response) => void response.end(document));
  // Where a rule encrypts, a few are refused whoever asks.
  const rules = [{ bucket: 'secret', encrypt: 'off' as const }];
  const front = await startFront(t, { port: store.port, clients: [ADMIN], provider: PROVIDER, rules });
  // Between dialects a document is told or refused: see test/dialects.
  const rows = OPERATIONS.filter(
    ({ access, body, answers }) =>
      access === 'admin' && !(IN_OBS && (body !== 'none' || answers !== 'nothing')),
  );
  for (const row of rows) {
    const [root = 'None'] = row.roots;
    document = row.answers === 'nothing' ? '' : root === '{' ? '{}' : `<${root}/>`;
    const { status } = await ask(t, front.port, { ...requestOf(row), as: ADMIN });
    t.equal(status, 200, row.name);
  }
  t.equal(store.requests.length, rows.length);
});
