import { createHash } from 'node:crypto';
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Client } from 'minio';
import t from 'tap';
import { unpinned } from '../../src/multipart/upload-id.ts';
import {
  assertSealed,
  BUCKETS,
  bodyWith,
  bytesOf,
  CLIENT,
  failureOf,
  newMarker,
  REGION,
  sha256,
  startStand,
} from './support.ts';

const MIB = 1024 * 1024;
const Bucket = BUCKETS.secret;
const stand = await startStand(t);
const { s3, direct, onDisk } = stand;

interface Begun {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function begin(by: S3Client, Key: string): Promise<Begun> {
  const { UploadId = '' } = await by.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  return { Bucket, Key, UploadId };
}

async function part(by: S3Client, upload: Begun, PartNumber: number, Body: Buffer | string): Promise<void> {
  await by.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
}

/** Ends an upload with all the parts that the store has of it, as a registry does. */
async function complete(by: S3Client, upload: Begun): Promise<void> {
  const { Parts = [] } = await by.send(new ListPartsCommand(upload));
  const named = Parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber }));
  await by.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: named } }));
}

/** The upload of an object key as a list names it. */
async function listed(by: S3Client, Key: string, EncodingType?: 'url'): Promise<Begun> {
  const { Uploads = [] } = await by.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: EncodingType ? '' : Key, EncodingType }),
  );
  const encoded = encodeURIComponent(Key).replaceAll('%2F', '/').replaceAll('%20', '+');
  const found = Uploads.find((upload) => upload.Key === (EncodingType ? encoded : Key));
  return { Bucket, Key, UploadId: found?.UploadId ?? '' };
}

const stored = (upload: Begun): Begun => ({ ...upload, UploadId: unpinned(upload.UploadId) });
const FIRST = bodyWith(newMarker(), 5 * MIB);

/** In a process of its own. */
const other = await stand.inProcess({ ring: ['new', 'old'] });
t.beforeEach(() => stand.reload({ ring: ['new', 'old'] }));

t.test('an upload keeps its key while its ring rotates, at every proxy', async (t) => {
  await stand.reload({ ring: ['old'] });
  const upload = await begin(s3, 'turned-over');
  await part(s3, upload, 1, FIRST);
  await stand.reload({ ring: ['new', 'old'] });
  await part(s3, upload, 2, FIRST);
  const copied = { CopySource: `${Bucket}/source`, CopySourceRange: 'bytes=1-2' };
  await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'copy' }));
  await other.send(new UploadPartCopyCommand({ ...upload, PartNumber: 3, ...copied }));
  await complete(other, upload);
  t.equal(
    sha256(await bytesOf(s3, Bucket, 'turned-over')),
    sha256(Buffer.concat([FIRST, FIRST, Buffer.from('op')])),
  );
  const withOld = await stand.withRing(['old']);
  t.equal(
    (await bytesOf(withOld, Bucket, 'turned-over')).length,
    10 * MIB + 2,
    'under the key that it began with',
  );
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'turned-over' });
});

t.test('a client that lost its id goes on with the one in the list', async (t) => {
  const Key = 'a b/c+d/ü&"';
  const upload = await begin(s3, Key);
  await part(s3, upload, 1, FIRST);
  t.same(await listed(s3, Key), upload);
  t.same(await listed(s3, Key, 'url'), upload, 'of names that are encoded too');
  const found = await listed(other, Key);
  const { UploadId, Parts } = await other.send(new ListPartsCommand(found));
  t.equal(UploadId, upload.UploadId, 'ListParts names the upload as the client knows it');
  t.match(Parts, [{ PartNumber: 1, Size: 5 * MIB }]);
  await part(other, found, 2, 'the end');
  await complete(other, found);
  t.equal((await bytesOf(s3, Bucket, Key)).length, 5 * MIB + 7);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: Key });
});

t.test('a list names the key that wrote when an upload began, from before a rotation too', async (t) => {
  await stand.reload({ ring: ['old'] });
  const before = await begin(s3, 'before/rotation');
  await part(s3, before, 1, FIRST);
  await pause(5);
  const rotated = { ring: ['new', 'old'], newWritesFrom: new Date().toISOString() };
  await stand.reload(rotated);
  const after = await begin(s3, 'after/rotation');
  const other = await stand.inProcess(rotated);
  for (const upload of [before, after]) {
    const found = await listed(other, upload.Key);
    t.same(found, upload);
    await part(other, found, 2, 'the end');
    await complete(other, found);
  }
  const withOld = await stand.withRing(['old']);
  t.equal((await bytesOf(withOld, Bucket, 'before/rotation')).length, 5 * MIB + 7);
  t.match(await failureOf(bytesOf(withOld, Bucket, 'after/rotation')), { status: 403 });
});

t.test(
  'where the keys have no times, the store refuses a part under a key that was guessed wrong',
  async (t) => {
    await stand.reload({ ring: ['old'] });
    const upload = await begin(s3, 'guessed');
    await stand.reload({ ring: ['new', 'old'] });
    t.same(await listed(s3, 'guessed'), upload, 'whoever saw it begin need not guess');
    const found = await listed(other, 'guessed');
    t.not(found.UploadId, upload.UploadId);
    t.match(await failureOf(part(other, found, 1, 'x')), {
      status: 400,
      message: /did not match the ones used/,
    });
    await part(s3, upload, 1, 'the id from the beginning still works');
    await s3.send(new AbortMultipartUploadCommand(found));
  },
);

t.test('lists go on page by page, each id as its client knows it', async (t) => {
  const uploads = [];
  for (const Key of ['page/a', 'page/a', 'page/b', 'page/c']) uploads.push(await begin(s3, Key));
  const seen: string[] = [];
  let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let page = 0; page < 5; page += 1) {
    const input = { Bucket, Prefix: 'page/', MaxUploads: 1, ...markers };
    const answer = await s3.send(new ListMultipartUploadsCommand(input));
    t.equal(answer.UploadIdMarker || undefined, markers.UploadIdMarker);
    seen.push(...(answer.Uploads ?? []).map(({ UploadId = '' }) => UploadId));
    if (!answer.IsTruncated) break;
    t.equal(answer.NextUploadIdMarker, seen.at(-1));
    markers = { KeyMarker: answer.NextKeyMarker ?? '', UploadIdMarker: answer.NextUploadIdMarker ?? '' };
  }
  t.equal(seen.length, uploads.length);
  t.same(new Set(seen), new Set(uploads.map(({ UploadId }) => UploadId)));
  for (const upload of uploads) await s3.send(new AbortMultipartUploadCommand(upload));
});

t.test('minio-js lists, and removes what is left over', async (t) => {
  const { hostname, port } = new URL(stand.proxy.urls[0] ?? '');
  const { accessKeyId: accessKey, secretAccessKey: secretKey } = CLIENT;
  const transportAgent = new Agent({ ca: stand.ca });
  t.teardown(() => transportAgent.destroy());
  const minio = new Client({
    endPoint: hostname,
    port: Number(port),
    accessKey,
    secretKey,
    region: REGION,
    transportAgent,
  });
  const upload = await begin(s3, 'left/over');
  const found = await minio.listIncompleteUploads(Bucket, 'left/', true).toArray();
  t.match(found, [{ key: 'left/over', uploadId: upload.UploadId }]);
  await minio.removeIncompleteUpload(Bucket, 'left/over');
  t.equal((await listed(s3, 'left/over')).UploadId, '');
});

t.test('an id of another object, a changed one and one of a key that is gone are refused', async (t) => {
  const upload = await begin(s3, 'mine');
  const changed = {
    ...upload,
    UploadId: upload.UploadId.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
  };
  const elsewhere = { ...upload, Key: 'theirs' };
  await stand.reload({ ring: ['old'] });
  const gone: [Begun, RegExp][] = [[upload, /fingerprint [0-9a-f]{32}\) that rules\[0\] does not have/]];
  const bad: [Begun, RegExp][] = [
    [changed, /another bucket or object, or was changed/],
    [elsewhere, /another bucket or object/],
  ];
  for (const [ring, cases] of [
    [['old'], gone],
    [['new', 'old'], bad],
  ] as const) {
    await stand.reload({ ring });
    for (const [as, why] of cases) {
      for (const call of [
        new UploadPartCommand({ ...as, PartNumber: 1, Body: 'x' }),
        new ListPartsCommand(as),
        new AbortMultipartUploadCommand(as),
        new CompleteMultipartUploadCommand({ ...as, MultipartUpload: { Parts: [] } }),
      ]) {
        const failure = await failureOf(s3.send(call as UploadPartCommand));
        t.match(failure, { status: 404, name: 'NoSuchUpload', message: why }, call.constructor.name);
      }
    }
  }
  await s3.send(new AbortMultipartUploadCommand(upload));
});

t.test('an upload that was not started under the rule can be listed and aborted, no more', async (t) => {
  const raw = await begin(direct, 'foreign');
  await s3.send(new ListPartsCommand(raw));
  for (const call of [
    new UploadPartCommand({ ...raw, PartNumber: 1, Body: 'x' }),
    new UploadPartCopyCommand({ ...raw, PartNumber: 1, CopySource: `${Bucket}/source` }),
    new CompleteMultipartUploadCommand({ ...raw, MultipartUpload: { Parts: [] } }),
  ]) {
    const failure = await failureOf(s3.send(call as UploadPartCommand));
    t.match(failure, { status: 404, name: 'NoSuchUpload', message: /foreignUploads: allow/ });
  }
  await s3.send(new AbortMultipartUploadCommand(raw));
  t.match(await failureOf(direct.send(new ListPartsCommand(raw))), { name: 'NoSuchUpload' });
});

t.test('what was begun in plain gets no part and no end, by whichever id', async (t) => {
  const marker = newMarker();
  for (const more of ['', ', foreignUploads: allow']) {
    await stand.reload({ ring: ['new', 'old'], more });
    const raw = await begin(direct, 'begun-in-plain');
    const { ETag } = await direct.send(new UploadPartCommand({ ...raw, PartNumber: 1, Body: 'x' }));
    const found = await listed(s3, 'begun-in-plain');
    t.not(found.UploadId, raw.UploadId);
    for (const upload of more === '' ? [found] : [found, raw]) {
      const failed = await failureOf(part(s3, upload, 2, bodyWith(marker, 5 * MIB)));
      t.ok(failed.status >= 400 && failed.status < 500, failed.message);
      const end = new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
      });
      t.match(await failureOf(s3.send(end)), { status: 404, message: /begun in plain/ });
    }
    await s3.send(new AbortMultipartUploadCommand(found));
  }
  t.equal(await onDisk(marker), 0);
});

t.test('an upload from elsewhere under a key of the ring goes on where the rule allows it', async (t) => {
  const upload = stored(await begin(s3, 'from-elsewhere'));
  await stand.reload({ ring: ['new', 'old'], more: ', foreignUploads: allow' });
  await part(s3, upload, 1, FIRST);
  await complete(s3, upload);
  t.equal((await bytesOf(s3, Bucket, 'from-elsewhere')).length, 5 * MIB);
  await assertSealed(t, stand, { bucket: Bucket, objectKey: 'from-elsewhere' });
});

t.test('a rule that turns to off, or away from it, ends the uploads under way', async (t) => {
  const off = { ring: ['new', 'old'], secret: 'off' };
  const encrypted = await begin(s3, 'was-encrypted');
  await stand.reload(off);
  const left = await failureOf(part(s3, encrypted, 1, 'x'));
  t.match(left, { status: 404, name: 'NoSuchUpload', message: /while a rule encrypted the object/ });
  const raw = await listed(s3, 'was-encrypted');
  t.equal(raw.UploadId, unpinned(encrypted.UploadId), 'its id is now that of the store');
  t.match(await failureOf(part(s3, raw, 1, 'x')), { status: 400 }, 'which takes no part without the key');
  await s3.send(new AbortMultipartUploadCommand(raw));

  const plain = await begin(s3, 'was-plain');
  t.equal(plain.UploadId, unpinned(plain.UploadId), 'nothing is pinned where nothing is encrypted');
  await stand.reload({ ring: ['new', 'old'] });
  t.match(await failureOf(part(s3, plain, 1, 'x')), { status: 404, name: 'NoSuchUpload' });
  await s3.send(new AbortMultipartUploadCommand(plain));
});

t.test("an upload with a client's own key goes on with that key alone", async (t) => {
  await stand.reload({ ring: ['new', 'old'], more: ', clientHeaders: pass' });
  const own = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: Buffer.alloc(32, 'own key ').toString('latin1'),
  };
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'own', ...own }));
  const upload = { Bucket, Key: 'own', UploadId };
  t.match(await failureOf(part(s3, upload, 1, 'x')), { status: 400, message: /key of your own/ });
  const sent = new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'theirs', ...own });
  const { ETag, SSECustomerKeyMD5 } = await s3.send(sent);
  const md5 = createHash('md5').update(own.SSECustomerKey, 'latin1').digest('base64');
  t.equal(SSECustomerKeyMD5, md5, 'it gets back the MD5 of its own key');
  const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
  t.match(await failureOf(bytesOf(s3, Bucket, 'own')), { status: 403 }, 'no key of the ring opens it');
});
