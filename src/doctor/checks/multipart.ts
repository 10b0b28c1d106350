import { readDocument } from '../../s3/document.ts';
import { echoOf, ssecHeaders } from '../../ssec/headers.ts';
import { StoreFailure } from '../../store-client/answer.ts';
import { ask, copyHeaders, get, isFailure, type Success, wordsOf } from '../ask.ts';
import type { Bench, Check } from '../bench.ts';
import type { Finding } from '../finding.ts';
import { storedPlain, writeSource } from './copy.ts';

/** Uploads a probe in one part, and another one whose part is a copy. */
export const multipart: Check<Bench> = {
  name: 'multipart',
  needs: 'written',
  run: async (bench) => [...(await inParts(bench)), ...(await byCopy(bench))],
};

async function inParts(bench: Bench): Promise<readonly Finding[]> {
  const { seen, written } = bench;
  const objectKey = `${bench.folder}parts`;
  const body = written?.body ?? Buffer.alloc(1);
  const upload = await begin(bench, objectKey);
  if (upload instanceof StoreFailure) return [refused('a multipart upload', upload)];
  const part = await sendPart(bench, upload, { headers: {}, body });
  if (isFailure(part)) return [refused('a part', part)];
  seen.echoes.set('UploadPart', echoOf(part.response, upload.ssecKey) === 'ours');
  const completed = await completeEither(bench, upload, part.response.headers.etag ?? '');
  if (isFailure(completed)) return [refused('the completion of an upload', completed)];
  if (!isFailure(await get(bench, objectKey, undefined)))
    return [
      {
        grade: 'stop',
        found: 'the store stored a multipart upload UNENCRYPTED',
        meaning: 'it accepts parts without encrypting them',
        fix: 'use a store, or a version of it, that supports SSE-C for multipart uploads',
      },
    ];
  const read = await get(bench, objectKey, upload.ssecKey);
  const same = !isFailure(read) && read.body.equals(body);
  return same
    ? [{ grade: 'fine', found: 'a multipart upload is encrypted and can be read' }]
    : [{ grade: 'stop', found: 'a multipart upload cannot be read with its key' }];
}

/** A part that is a copy of an object under another key. */
async function byCopy(bench: Bench): Promise<readonly Finding[]> {
  const { seen } = bench;
  const written = await writeSource(bench);
  if (!written) return [];
  const objectKey = `${bench.folder}part-copy`;
  const upload = await begin(bench, objectKey);
  if (upload instanceof StoreFailure) return [];
  const headers = copyHeaders(bench, written);
  const part = await sendPart(bench, upload, { headers, body: Buffer.alloc(0) });
  if (isFailure(part)) {
    seen.copies.set('UploadPartCopy', 'refused');
    return [{ grade: 'note', found: `the store does not copy encrypted objects as parts: ${wordsOf(part)}` }];
  }
  const etag = readDocument(part.body.toString('utf8'), 'CopyPartResult').text('ETag') ?? '';
  const completed = await completeEither(bench, upload, etag);
  if (isFailure(completed)) return [];
  if (!isFailure(await get(bench, objectKey, undefined))) {
    seen.copies.set('UploadPartCopy', 'plain');
    return [storedPlain('a copied part')];
  }
  const read = await get(bench, objectKey, upload.ssecKey);
  const same = !isFailure(read) && read.body.equals(written.body);
  seen.copies.set('UploadPartCopy', same ? 'encrypted' : 'refused');
  if (same) seen.echoes.set('UploadPartCopy', echoOf(part.response, upload.ssecKey) === 'ours');
  return [
    same
      ? { grade: 'fine', found: 'a copied part is encrypted under the key of the upload' }
      : { grade: 'note', found: 'a copied part cannot be read with the key of the upload' },
  ];
}

interface Upload {
  readonly objectKey: string;
  readonly uploadId: string;
  readonly ssecKey: ReturnType<Bench['keyOf']>;
}

async function begin(bench: Bench, objectKey: string): Promise<Upload | StoreFailure> {
  const { bucket, seen } = bench;
  const ssecKey = bench.keyOf(objectKey);
  bench.made.add(objectKey);
  const answer = await ask(
    bench,
    {
      method: 'POST',
      bucket,
      objectKey,
      query: { uploads: undefined },
      headers: ssecHeaders('target', ssecKey),
    },
    [ssecKey],
  );
  if (isFailure(answer)) return answer;
  const document = readDocument(answer.body.toString('utf8'), 'InitiateMultipartUploadResult');
  const uploadId = document.text('UploadId')?.trim() ?? '';
  if (uploadId === '') throw new Error('the store gave no UploadId');
  bench.uploads.set(uploadId, objectKey);
  seen.uploadEcho = echoOf(answer.response, ssecKey) === 'ours';
  return { objectKey, uploadId, ssecKey };
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function sendPart(
  bench: Bench,
  { objectKey, uploadId, ssecKey }: Upload,
  { headers, body }: Sent,
): Promise<Success | StoreFailure> {
  const query = { partNumber: '1', uploadId };
  const all = { ...ssecHeaders('target', ssecKey), ...headers };
  return await ask(bench, { method: 'PUT', bucket: bench.bucket, objectKey, query, headers: all, body }, [
    ssecKey,
  ]);
}

/** With the key first, as clients that send a checksum need it, and without it where the store does not accept it. */
async function completeEither(bench: Bench, upload: Upload, etag: string): Promise<Success | StoreFailure> {
  const { objectKey, uploadId, ssecKey } = upload;
  const xml = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  const send = (headers: Record<string, string>): Promise<Success | StoreFailure> =>
    ask(
      bench,
      {
        method: 'POST',
        bucket: bench.bucket,
        objectKey,
        query: { uploadId },
        headers,
        body: Buffer.from(xml),
      },
      [ssecKey],
    );
  const withKey = await send(ssecHeaders('target', ssecKey));
  bench.seen.ssecOnComplete = !isFailure(withKey);
  const completed = isFailure(withKey) ? await send({}) : withKey;
  if (!isFailure(completed)) bench.uploads.delete(uploadId);
  return completed;
}

function refused(what: string, failure: StoreFailure): Finding {
  return {
    grade: 'stop',
    found: `the store refuses ${what} with an SSE-C key: ${wordsOf(failure)}`,
    meaning: 'clients send large objects as multipart uploads',
  };
}
