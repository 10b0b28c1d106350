import { createHash } from 'node:crypto';
import { readDocument } from '../s3/document.ts';
import { decodePercent, encodePath } from '../s3/percent.ts';
import { escapeXml } from '../s3/xml.ts';
import type { StoreRequest } from '../store-client/client.ts';
import { ask, isFailure, type Success, wordsOf } from './ask.ts';
import type { StoreBench } from './bench.ts';
import { framed } from './framed.ts';
import type { Sequence, Step } from './sequences/step.ts';

/** Where a client works: through the proxy, in a folder of one bucket. */
export interface Stage {
  readonly bench: Pick<StoreBench, 'client'>;
  readonly bucket: string;
  readonly folder: string;
  /** So many bytes that nothing else holds. */
  readonly bytes: (size: number) => Buffer;
}

export interface Replayed {
  /** What a client would stumble over; undefined when it would not. */
  readonly trouble: string | undefined;
  readonly requests: number;
  /** Names of the objects that are there at the end. */
  readonly stored: readonly string[];
}

interface Upload {
  readonly id: string;
  readonly parts: { readonly etag: string; readonly body: Buffer }[];
}

/** What the client knows: what it has stored, and what it is uploading. */
interface State {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Upload>;
}

/**
 * Does what the client does, and looks at each answer as it would: status, bodies, what lists hold. Ends with the first
 * trouble. @throws UpstreamError
 */
export async function replay({ steps }: Sequence, stage: Stage): Promise<Replayed> {
  const state: State = { objects: new Map(), uploads: new Map() };
  let requests = 0;
  let trouble: string | undefined;
  try {
    for (const step of steps) {
      requests += 1;
      trouble = await play(step, stage, state);
      if (trouble === undefined) continue;
      trouble = `request ${requests} of ${steps.length}, ${step.op} ${step.on ?? ''}: ${trouble}`;
      break;
    }
  } finally {
    for (const [on, { id }] of state.uploads) {
      await send(stage, { method: 'DELETE', objectKey: on, query: { uploadId: id } });
    }
  }
  return { trouble, requests, stored: [...state.objects.keys()] };
}

async function play(step: Step, stage: Stage, state: State): Promise<string | undefined> {
  const body = bodyOf(step, stage, state);
  const answer = await send(stage, requestOf(step, stage, state, body));
  if (step.absent === true) {
    if (!isFailure(answer)) return 'it is there, and nobody made it';
    return answer.status === 404 ? undefined : `status 404 is wanted, and ${wordsOf(answer)} came`;
  }
  if (isFailure(answer)) return wordsOf(answer);
  return LEARN[step.op]?.(step, answer, state, body, stage);
}

async function send(
  { bench, bucket, folder }: Stage,
  { objectKey, ...request }: Omit<StoreRequest, 'bucket'>,
): Promise<Success | Awaited<ReturnType<typeof ask>>> {
  const named = objectKey === undefined ? {} : { objectKey: `${folder}${objectKey}` };
  return await ask(bench, { ...request, ...named, bucket });
}

const METHODS: Readonly<Record<Step['op'], StoreRequest['method']>> = {
  HeadBucket: 'HEAD',
  List: 'GET',
  ListUploads: 'GET',
  Head: 'HEAD',
  Get: 'GET',
  Put: 'PUT',
  Copy: 'PUT',
  Delete: 'DELETE',
  DeleteMany: 'POST',
  Begin: 'POST',
  Part: 'PUT',
  ListParts: 'GET',
  Complete: 'POST',
};
const OF_BUCKETS: ReadonlySet<Step['op']> = new Set(['HeadBucket', 'List', 'ListUploads', 'DeleteMany']);

function requestOf(
  step: Step,
  { bucket, folder }: Stage,
  { uploads }: State,
  body: Buffer | undefined,
): Omit<StoreRequest, 'bucket'> {
  const { op, on = '', from, part, framing } = step;
  const uploadId = uploads.get(on)?.id ?? '';
  const prefix = `${folder}${on}`;
  const queries: Partial<Record<Step['op'], Readonly<Record<string, string | undefined>>>> = {
    List: { prefix },
    ListUploads: { prefix, uploads: '' },
    DeleteMany: { delete: '' },
    Begin: { uploads: '' },
    Part: { partNumber: String(part), uploadId },
    ListParts: { uploadId },
    Complete: { uploadId },
  };
  const chunks = framing === 'trailer' && body ? framed(body) : undefined;
  const md5 = step.md5 === true || op === 'DeleteMany';
  const sent = chunks?.body ?? body;
  return {
    method: METHODS[op],
    ...(OF_BUCKETS.has(op) ? {} : { objectKey: on }),
    query: { ...step.query, ...queries[op] },
    headers: {
      ...step.headers,
      ...chunks?.headers,
      ...(framing === 'unsigned' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}),
      ...(md5 && body ? { 'content-md5': createHash('md5').update(body).digest('base64') } : {}),
      ...(from === undefined ? {} : { 'x-amz-copy-source': `${bucket}/${encodePath(folder + from)}` }),
    },
    ...(sent === undefined ? {} : { body: sent }),
  };
}

function bodyOf(
  { op, on = '', size, many = [] }: Step,
  { bytes, folder }: Stage,
  { uploads }: State,
): Buffer | undefined {
  if (size !== undefined) return bytes(size);
  if (op === 'DeleteMany') {
    const objects = many.map((name) => `<Object><Key>${escapeXml(folder + name)}</Key></Object>`);
    return Buffer.from(`<Delete>${objects.join('')}<Quiet>false</Quiet></Delete>`);
  }
  if (op !== 'Complete') return op === 'Copy' ? Buffer.alloc(0) : undefined;
  const parts = uploads.get(on)?.parts ?? [];
  const lines = parts.map(
    ({ etag }, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  return Buffer.from(`<CompleteMultipartUpload>${lines.join('')}</CompleteMultipartUpload>`);
}

type Learn = (
  step: Step,
  answer: Success,
  state: State,
  body: Buffer | undefined,
  stage: Stage,
) => string | undefined;

/** What the client takes from an answer, and what it would stumble over. */
const LEARN: Partial<Record<Step['op'], Learn>> = {
  Put: ({ on = '' }, _answer, { objects }, body) => {
    objects.set(on, body ?? Buffer.alloc(0));
    return undefined;
  },
  Copy: ({ on = '', from = '' }, _answer, { objects }) => {
    objects.set(on, objects.get(from) ?? Buffer.alloc(0));
    return undefined;
  },
  Begin: ({ on = '' }, { body }, { uploads }) => {
    const id = readDocument(body.toString('utf8'), 'InitiateMultipartUploadResult').text('UploadId') ?? '';
    uploads.set(on, { id, parts: [] });
    return undefined;
  },
  Part: ({ on = '' }, { response }, { uploads }, body) => {
    uploads.get(on)?.parts.push({ etag: response.headers.etag ?? '', body: body ?? Buffer.alloc(0) });
    return undefined;
  },
  ListUploads: ({ on = '' }, { body }, { uploads }) =>
    holds(body, uploads.get(on)?.id ?? '') ? undefined : 'the list does not name the upload',
  ListParts: ({ on = '' }, { body }, { uploads }) => {
    const listed = readDocument(body.toString('utf8'), 'ListPartsResult').all('Part').length;
    const sent = uploads.get(on)?.parts.length ?? 0;
    return listed === sent ? undefined : `${sent} parts were sent, and ${listed} are listed`;
  },
  Complete: ({ on = '' }, _answer, { uploads, objects }) => {
    objects.set(on, Buffer.concat((uploads.get(on)?.parts ?? []).map(({ body }) => body)));
    uploads.delete(on);
    return undefined;
  },
  List: ({ on = '', query = {} }, { body }, { objects }, _body, { folder }) => {
    if (query['max-keys'] === '1' || query['delimiter'] === '/') return undefined;
    const expected = [...objects.keys()].filter((name) => name.startsWith(on));
    const listed = namesIn(body);
    const missing = expected.find((name) => !listed.has(folder + name));
    return missing === undefined ? undefined : `the list does not name ${missing}`;
  },
  Head: ({ on = '' }, { response }, { objects }) => {
    const wanted = objects.get(on)?.byteLength ?? 0;
    const said = Number(response.headers['content-length']);
    return said === wanted ? undefined : `${wanted} bytes were stored, and ${said} are told of`;
  },
  Get: ({ on = '', headers = {} }, { body }, { objects }) => {
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers['range'] ?? '') ?? [];
    const whole = objects.get(on) ?? Buffer.alloc(0);
    const wanted = whole.subarray(Number(from ?? 0), to ? Number(to) + 1 : undefined);
    return body.equals(wanted) ? undefined : 'other bytes came back than were stored';
  },
  Delete: ({ on = '' }, _answer, { objects }) => {
    objects.delete(on);
    return undefined;
  },
  DeleteMany: ({ many = [] }, { body }, { objects }) => {
    for (const name of many) objects.delete(name);
    return body.includes('<Error>') ? 'not all of them were deleted' : undefined;
  },
};

/** Stores differ in what they encode at `encoding-type=url`: Ceph encodes slashes too. */
function namesIn(body: Buffer): ReadonlySet<string> {
  const document = readDocument(body.toString('utf8'), 'ListBucketResult');
  const encoded = document.text('EncodingType')?.trim() === 'url';
  const names = document.all('Contents').map((line) => line.text('Key') ?? '');
  return new Set(names.map((name) => (encoded ? decodePercent(name, { plusIsSpace: true }) : name)));
}

function holds(body: Buffer, text: string): boolean {
  return body.includes(escapeXml(text)) || body.includes(text);
}
