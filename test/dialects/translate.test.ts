import { createHash } from 'node:crypto';
import t from 'tap';
import { S3 } from '../../src/dialects/dialect.ts';
import { GOOGLE } from '../../src/dialects/google.ts';
import { internalName, ownName } from '../../src/dialects/names.ts';
import { OBS } from '../../src/dialects/obs.ts';
import { fromInternal, fromInternalList, toInternal } from '../../src/dialects/translate.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { MODEL_ANSWERS, MODEL_REQUESTS } from '../../src/s3/model-headers.ts';

function internal(headers: Readonly<Record<string, string>>, dialect = OBS): Record<string, unknown> {
  return Object.fromEntries(toInternal(new WireHeaders(Object.entries(headers).flat()), dialect).fields());
}

t.test('what is sent in a dialect reads as what was meant, for every header of S3', async (t) => {
  const names = new Set(
    [...Object.values(MODEL_REQUESTS), MODEL_ANSWERS].flatMap((words) => words.split(' ')),
  );
  t.ok(names.size > 100);
  for (const dialect of [S3, OBS]) {
    for (const name of [...names, 'x-amz-meta-colour', 'x-amz-meta-storage-class', 'date', 'host']) {
      for (const value of ['a', 'STANDARD', 'STANDARD_IA', 'GLACIER', 'aws:kms', 'AES256']) {
        const sent = fromInternal({ [name]: value }, dialect);
        t.same(internal(sent, dialect), { [name]: value }, `${dialect.name} ${name}`);
        t.same(fromInternalList([name, value], dialect), Object.entries(sent).flat());
      }
      t.equal(internalName(ownName(name, dialect), dialect), name);
    }
  }
});

t.test('no name of S3 is sent in another dialect', async (t) => {
  const names = Object.values(MODEL_REQUESTS).flatMap((words) => words.split(' '));
  for (const dialect of [OBS, GOOGLE])
    for (const name of names) t.notMatch(ownName(name, dialect), /^x-amz-/);
});

t.test('names and values of OBS that differ by more than the prefix', async (t) => {
  const own = {
    'x-obs-storage-class': 'WARM',
    'x-obs-server-side-encryption': 'kms',
    'x-obs-server-side-encryption-kms-key-id': 'id',
    'x-obs-bucket-location': 'region',
    'x-obs-meta-warm': 'WARM',
  };
  const inside = {
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'id',
    'x-amz-bucket-region': 'region',
    'x-amz-meta-warm': 'WARM',
  };
  t.same(internal(own), inside);
  t.same(fromInternal(inside, OBS), own);
  t.same(fromInternal({ 'x-default-storage-class': 'STANDARD_IA' }, OBS), { 'x-obs-storage-class': 'WARM' });
  t.same(internal({ 'x-obs-storage-class': 'COLD' }), { 'x-amz-storage-class': 'GLACIER' });
});

t.test('a header of OBS that S3 lacks keeps its name, and one of S3 counts for nothing', async (t) => {
  t.same(internal({ 'x-obs-expires': '3', 'x-obs-content-sha256': 'a', 'x-amz-copy-source': 'b/k' }), {
    'x-obs-expires': '3',
    'x-obs-content-sha256': 'a',
  });
  t.same(fromInternal({ 'x-obs-expires': '3' }, OBS), { 'x-obs-expires': '3' });
});

t.test('a header on several lines stays on several lines', async (t) => {
  const headers = new WireHeaders(['X-OBS-Meta-a', '1', 'x-obs-meta-a', '2', 'ETag', 'e']);
  t.same(
    [...toInternal(headers, OBS).fields()],
    [
      ['x-amz-meta-a', ['1', '2']],
      ['etag', 'e'],
    ],
  );
});

t.test('S3 itself is not translated', async (t) => {
  const headers = new WireHeaders(['x-obs-acl', 'private']);
  t.equal(toInternal(headers, S3), headers);
});

t.test("Google's headers name an SSE-C key by its SHA-256", async (t) => {
  const bytes = Buffer.alloc(32, 7);
  const prefix = 'x-amz-server-side-encryption-customer-';
  const ssecKey = bytes.toString('base64');
  t.same(
    fromInternal(
      {
        [`${prefix}algorithm`]: 'AES256',
        [`${prefix}key`]: ssecKey,
        [`${prefix}key-md5`]: createHash('md5').update(bytes).digest('base64'),
        'x-amz-copy-source': 'b/k',
      },
      GOOGLE,
    ),
    {
      'x-goog-encryption-algorithm': 'AES256',
      'x-goog-encryption-key': ssecKey,
      'x-goog-encryption-key-sha256': createHash('sha256').update(bytes).digest('base64'),
      'x-goog-copy-source': 'b/k',
    },
  );
});
