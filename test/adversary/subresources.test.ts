import t from 'tap';
import { OPERATIONS } from '../../src/s3/operations.ts';
import { PROVIDERS } from '../../src/s3/providers.ts';
import { shortParameterFor } from '../support/conditions.ts';
import { strictStore } from './strict-store.ts';
import { sendRaw, startTarget } from './target-proxy.ts';

const MARKER = 'marker-of-a-body-that-must-not-be-stored';
const WRITES = ['PUT', 'POST', 'DELETE'];
/** The parts of a multipart upload are no sub-resource of an object, and are judged as writes of it. */
const UPLOADS = ['uploads', 'uploadId'];

const TABLE = OPERATIONS.filter(
  ({ method, shape, query }) =>
    WRITES.includes(method) &&
    shape !== 'service' &&
    query.length > 0 &&
    !query.some((name) => UPLOADS.includes(name)),
);

/** Names of sub-resources that are in no table: of other stores, of times to come, misspelt, and disguised. */
const INVENTED = [
  ...'append modify rename truncate name position symlink process callback img torrent policy cors website'.split(
    ' ',
  ),
  ...'notification versioning lifecycle logging acls Tagging TAGGING tags annotations renameobject'.split(
    ' ',
  ),
  ...'Acl select-type undelete compose rewrite uploadType alt encrypt'.split(' '),
  ...'%61cls acl%00 acl%20 %20acl tagging%3D a%63l%26b tagging&acl retention&x legal-hold&legal-hold'.split(
    ' ',
  ),
];

const OF_NO_BUCKET = INVENTED.filter(
  (name) => !OPERATIONS.some(({ shape, query }) => shape === 'bucket' && query.includes(name)),
);

/** Rows that nothing on the wire tells apart. */
const ALIASES: Readonly<Record<string, (typeof OPERATIONS)[number]['name']>> = {
  PutBucketLifecycle: 'PutBucketLifecycleConfiguration',
  PutBucketNotification: 'PutBucketNotificationConfiguration',
};

function request(method: string, target: string, fields: readonly string[] = []): string {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${MARKER.length}`];
  return [...lines, 'Connection: close', ...fields, '', MARKER].join('\r\n');
}

/** Header conditions of a row, so that it is the row that is met. */
function fieldsOf(conditions: readonly string[]): string[] {
  return conditions.map(
    (condition) => `${condition.split('=')[0]}: ${condition.split('=')[1] ?? 'plain/source'}`,
  );
}

/** The new name of a file is an absolute path. */
function asSent(name: string, target: string): string {
  return name === 'RenameFile' ? target.replace('name=', 'name=%2F') : target;
}

/** One row for each list of sub-resources: rows that share a list would be tried twice. */
const ROWS = new Map(Object.values(PROVIDERS).map((row) => [row.subresourceWrites.join(), row]));

for (const { name: provider, subresourceWrites } of ROWS.values()) {
  t.test(
    `${provider}: a write of a sub-resource reaches the store only where its row lists it`,
    async (t) => {
      const store = await strictStore(t);
      const { port } = await startTarget(t, { ...store, provider: provider });
      for (const { name, method, shape, query, headers, plainOnly } of TABLE) {
        for (const bucket of ['plain', 'secret']) {
          const before = store.arrived.length;
          const target = `/${bucket}${shape === 'object' ? '/a' : ''}?${query.map(shortParameterFor).join('&')}`;
          const { received } = await sendRaw({ port, pieces: [request(method, target, fieldsOf(headers))] });
          const came = store.arrived.slice(before);
          const read = name === 'DeleteObjects' || name === 'PutObjectLegalHold' || name === 'RestoreObject';
          if (read && (name === 'DeleteObjects' || subresourceWrites.includes(name)))
            t.match(received, /^HTTP\/1\.1 400 .*MalformedXML/s, 'its body is read first');
          else if (
            subresourceWrites.includes(ALIASES[name] ?? name) &&
            (plainOnly === undefined || bucket === 'plain')
          )
            t.same(
              came.map((each) => [each.method, each.target]),
              [[method, asSent(name, target)]],
              `${name} as itself`,
            );
          else {
            t.match(received, /^HTTP\/1\.1 501 .*<Code>NotImplemented</s, name);
            t.same(came, [], `${name} stays here`);
          }
        }
      }
      t.notOk(
        store.arrived.some(({ target }) => /^\/(plain|secret)(\/a)?$/.test(target)),
        'nothing that is written or deleted whole',
      );
    },
  );

  t.test(`${provider}: an invented sub-resource reaches no store`, async (t) => {
    const store = await strictStore(t);
    const { port } = await startTarget(t, { ...store, provider: provider });
    const targets = [
      ...INVENTED.flatMap((name) => [`/plain/a?${name}`, `/secret/a?${name}=`]),
      ...OF_NO_BUCKET.flatMap((name) => [`/plain?${name}`, `/plain?${name}=1`]),
    ];
    const withValue = INVENTED.map((name) => `/secret/a?${name}=1`);
    for (const method of WRITES) {
      const those = method === 'PUT' ? targets : [...targets, ...withValue];
      for (const target of those) {
        const { received } = await sendRaw({ port, pieces: [request(method, target)] });
        if (!/^HTTP\/1\.1 (400|501) /.test(received)) t.fail(`${method} ${target}`, { received });
      }
    }
    t.same(store.arrived, []);
    t.equal(store.bytes(), '', `${targets.length * WRITES.length} requests`);
  });

  t.test(`${provider}: what a PutObject has in its query beside its own stays here`, async (t) => {
    const store = await strictStore(t);
    const { port } = await startTarget(t, { ...store, provider: provider });
    const single = INVENTED.filter((name) => !name.includes('&'));
    for (const name of [...single, 'v', 'utm_source', 'Content-Type', 'cache-control', 'EXPIRES']) {
      const before = store.arrived.length;
      const { received } = await sendRaw({ port, pieces: [request('PUT', `/secret/a?${name}=1`)] });
      const came = store.arrived.slice(before);
      if (/^HTTP\/1\.1 (400|501) /.test(received)) t.same(came, [], name);
      else t.match(came, [{ method: 'PUT', target: '/secret/a', body: MARKER }], name);
    }
    t.notOk(store.bytes().includes('?'), 'no query ever went out');
  });
}

t.test('the table and the inventions are as many as they should be', async (t) => {
  t.ok(TABLE.filter(({ shape }) => shape === 'object').length >= 10);
  t.ok(new Set(INVENTED).size >= 30, `${INVENTED.length} inventions`);
  t.ok(OF_NO_BUCKET.length >= 25, `${OF_NO_BUCKET.length} of them on no bucket`);
});
