import t from 'tap';
import { S3 } from '../../../src/dialects/dialect.ts';
import { checkDeletes } from '../../../src/proxy/body/delete-objects.ts';
import { parseTarget } from '../../../src/s3/target.ts';
import { withExchange } from '../../support/exchange.ts';
import { EVERYTHING, snapshotOf, testSsecKey } from '../../support/snapshot.ts';

const snapshot = snapshotOf({
  rules: [
    { bucket: 'vault', prefix: 'a/', encrypt: [testSsecKey('a')] },
    { bucket: 'vault', prefix: 'b/', encrypt: 'off' },
  ],
});
const folding = snapshotOf({ rules: [{ bucket: 'vault', encrypt: 'off' }], provider: 'seaweedfs' });
const own = {
  admin: false,
  grants: [{ bucket: 'vault', prefix: 'a/', actions: new Set(['delete'] as const) }],
};

/** The body that goes to the store, or the code of the refusal. */
async function outcomeOf(
  objectKeys: readonly string[],
  { rules, upstream } = snapshot,
  permissions: typeof own | typeof EVERYTHING = EVERYTHING,
  others = '',
): Promise<string> {
  const objects = objectKeys.map((objectKey) => `<Object><Key>${objectKey}</Key>${others}</Object>`);
  const body = `<Delete>${objects.join('')}</Delete>`;
  const head = `POST /vault?delete HTTP/1.1\r\nHost: a\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  let outcome = '';
  await withExchange(
    `${head}Content-Encoding: identity\r\nx-amz-sdk-checksum-algorithm: CRC32\r\n\r\n${body}`,
    async ({ exchange }) => {
      try {
        const target = parseTarget(exchange.rawTarget, 'a', []);
        const checked = await checkDeletes(
          exchange.received,
          { target, upstream, needs: ['delete'] },
          { permissions, rules, dialect: S3, hold: () => Promise.resolve() },
        );
        outcome = Buffer.concat(await checked.stream.toArray()).toString();
        t.equal(checked.headers.single('content-length'), String(Buffer.byteLength(outcome)));
        for (const name of ['content-encoding', 'x-amz-sdk-checksum-algorithm'])
          t.notOk(checked.headers.has(name));
      } catch (error) {
        outcome = (error as { code: string }).code;
      }
    },
  );
  return outcome;
}

t.test('names to the store exactly the object keys of the request', async (t) => {
  t.match(await outcomeOf(['a/1', 'b/2']), /<Key>a\/1<\/Key>.*<Key>b\/2<\/Key>/);
});

t.test('refuses them all for one that no rule names, or that the client may not remove', async (t) => {
  t.equal(await outcomeOf(['a/1', 'c/1']), 'AccessDenied', 'no rule');
  t.match(await outcomeOf(['a/1'], snapshot, own), 'a/1');
  t.equal(await outcomeOf(['a/1', 'b/2'], snapshot, own), 'AccessDenied', 'no grant');
});

t.test('takes no object key that the store would fold', async (t) => {
  t.equal(await outcomeOf(['x//y'], folding), 'InvalidArgument');
  t.match(await outcomeOf(['x/y/'], folding), '<Key>x/y/</Key>');
});

t.test('names the ETags that the store knows, by the rule of each object', async (t) => {
  const tag = '0'.repeat(32);
  const outcome = await outcomeOf(['a/1', 'b/2'], snapshot, EVERYTHING, `<ETag>"${tag}-0"</ETag>`);
  t.match(outcome, `<Key>a/1</Key><ETag>&quot;${tag}&quot;</ETag>`);
  t.match(outcome, `<Key>b/2</Key><ETag>&quot;${tag}-0&quot;</ETag>`, 'no rule of its own gave that out');
  const other = await outcomeOf(['a/1'], snapshot, EVERYTHING, `<ETag>${tag}-2</ETag><Size>1</Size>`);
  t.match(other, new RegExp(`<ETag>${tag}-2</ETag>`));
  t.match(other, '<Size>1</Size>');
});
