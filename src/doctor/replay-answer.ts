import { readDocument } from '../s3/document.ts';
import { decodePercent } from '../s3/percent.ts';
import { escapeXml } from '../s3/xml.ts';
import type { Success } from './ask.ts';
import type { SentPart, Stage, State } from './replay-stage.ts';
import type { Step } from './sequences/step.ts';

type Learn = (
  step: Step,
  answer: Success,
  state: State,
  body: Buffer | undefined,
  stage: Stage,
) => string | undefined;

/** What the client takes from a response, and the first thing that would make it fail. */
export const LEARN: Partial<Record<Step['op'], Learn>> = {
  Put: ({ on = '' }, _answer, { objects }, body) => {
    objects.set(on, body ?? Buffer.alloc(0));
    return undefined;
  },
  Append: ({ on = '' }, { response }, { objects }, body = Buffer.alloc(0)) => {
    const whole = Buffer.concat([objects.get(on) ?? Buffer.alloc(0), body]);
    objects.set(on, whole);
    const next = response.headers['x-obs-next-append-position'];
    if (next === String(whole.length)) return undefined;
    return `the next append should begin at ${whole.length}, and the response says ${String(next)}`;
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
  Part: ({ on = '', part: number = 1 }, { response }, { uploads }, body = Buffer.alloc(0)) => {
    const { etag = '', 'x-amz-checksum-crc32': crc32 } = response.headers;
    uploads.get(on)?.parts.push({ number, etag, crc32: crc32?.toString(), body });
    return undefined;
  },
  PartCopy: ({ on = '', from = '', part: number = 1, headers = {} }, { body }, { uploads, objects }) => {
    const etag = readDocument(body.toString('utf8'), 'CopyPartResult').text('ETag') ?? '';
    const copied = within(objects.get(from), headers['x-amz-copy-source-range']);
    uploads.get(on)?.parts.push({ number, etag, crc32: undefined, body: copied });
    return undefined;
  },
  ListUploads: ({ on = '' }, { body }, { uploads }) =>
    holds(body, uploads.get(on)?.id ?? '') ? undefined : 'the list does not have the upload',
  ListParts: ({ on = '' }, { body }, { uploads }) => {
    const listed = readDocument(body.toString('utf8'), 'ListPartsResult').all('Part').length;
    const sent = uploads.get(on)?.parts.length ?? 0;
    return listed === sent ? undefined : `${sent} parts were sent, but ${listed} are listed`;
  },
  Complete: ({ on = '' }, _answer, { uploads, objects }) => {
    objects.set(on, joined(uploads.get(on)?.parts ?? []));
    uploads.delete(on);
    return undefined;
  },
  List: ({ on = '', query = {} }, { body }, { objects }, _body, { folder }) => {
    if (query['max-keys'] === '1' || query['delimiter'] === '/') return undefined;
    const expected = [...objects.keys()].filter((name) => name.startsWith(on));
    const listed = namesIn(body);
    const missing = expected.find((name) => !listed.has(folder + name));
    return missing === undefined ? undefined : `the list does not have ${missing}`;
  },
  Head: ({ on = '' }, { response }, { objects }) => {
    const wanted = objects.get(on)?.byteLength ?? 0;
    const said = Number(response.headers['content-length']);
    return said === wanted ? undefined : `${wanted} bytes were stored, but the response says ${said}`;
  },
  Get: sameBytes,
  Link: sameBytes,
  Delete: ({ on = '' }, _answer, { objects }) => {
    objects.delete(on);
    return undefined;
  },
  DeleteMany: ({ many = [] }, { body }, { objects }) => {
    for (const name of many) objects.delete(name);
    return body.includes('<Error>') ? 'not all of them were deleted' : undefined;
  },
};

function sameBytes(
  { on = '', headers = {} }: Step,
  { body }: Success,
  { objects }: State,
): string | undefined {
  const wanted = within(objects.get(on), headers['range']);
  return body.equals(wanted) ? undefined : 'the content is not what was stored';
}

/** @param range `bytes=first-last`, or `bytes=first-` */
function within(whole: Buffer = Buffer.alloc(0), range = ''): Buffer {
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  return whole.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
}

function joined(parts: readonly SentPart[]): Buffer {
  return Buffer.concat(parts.toSorted((a, b) => a.number - b.number).map(({ body }) => body));
}

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
