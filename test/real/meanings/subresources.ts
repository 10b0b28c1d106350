import { OPERATIONS, type Operation } from '../../../src/s3/operations.ts';
import { check, equal, outcome } from '../signed/checks.ts';
import type { Answer, Sent } from '../signed/send.ts';
import { CONTENT, type Meanings, MINE } from './meanings.ts';
import { MISTAKEN, UNKNOWN } from './mistaken.ts';

type Row = Pick<Operation, 'method' | 'shape'> & { readonly query: string };

/** Lists and uploads, which are what they say. */
const PLAIN = /^(?:list-type=2|versions|uploads|uploadId|partNumber&uploadId)$/;
const VALUED = new Set(['id', 'annotationName']);
const HEADERS = { 'x-amz-object-attributes': 'ETag', 'x-amz-rename-source': `${MINE}source` };
/** Of S3, but not with every method. */
const ELSEWHERE = ['abac'];
const OBJECT = `${MINE}kept`;
let buckets = 0;

/** MinIO takes a sub-resource that it does not know for the bucket or the object itself. */
export async function subresources(meanings: Meanings): Promise<void> {
  for (const { method, shape, queries } of MISTAKEN) {
    const rows = rowsOf(method, shape);
    await check(`takes ${method} of unknown sub-resources for the ${shape} itself`, async () => {
      const mistaken: string[] = [];
      for (const row of rows) if (await isMistaken(meanings, row)) mistaken.push(row.query);
      equal(mistaken.join(' '), queries.join(' '));
    });
    for (const row of rows)
      await check(`${method} ?${row.query} is not the ${shape} itself`, () =>
        isHarmless(meanings, row, queries.includes(row.query)),
      );
  }
}

function rowsOf(method: Row['method'], shape: Row['shape']): readonly Row[] {
  const known = OPERATIONS.filter((row) => row.method === method && row.shape === shape)
    .map(({ query }) => query.map((name) => (VALUED.has(name) ? `${name}=1` : name)).join('&'))
    .filter((query) => query !== '' && !PLAIN.test(query));
  return [...new Set([...known, ...ELSEWHERE, ...UNKNOWN])].map((query) => ({ method, shape, query }));
}

/** Is it the request without its query to the store? */
async function isMistaken(meanings: Meanings, row: Row): Promise<boolean> {
  const { bucket, held } = await fill(meanings, row);
  const before = await held();
  const answer = await meanings.direct(request(bucket, row));
  return shows(answer, row) || (await held()) !== before;
}

/** @throws when it shows or changes what it should not, or one that MinIO mistakes was not refused with 501 */
async function isHarmless(meanings: Meanings, row: Row, mistaken: boolean): Promise<void> {
  const { administrator, limited } = meanings;
  const { bucket, held } = await fill(meanings, row);
  const before = await held();
  for (const { name, send, refusal } of [
    { name: 'administrator', send: administrator, refusal: /^501 NotImplemented$/ },
    { name: 'limited', send: limited, refusal: /^(?:501 NotImplemented|403 AccessDenied)$/ },
  ]) {
    const answer = await send(request(bucket, row));
    if (shows(answer, row)) throw new Error(`${name}: ${answer.status} shows what was not asked for`);
    if (mistaken && !refusal.test(outcome(answer))) throw new Error(`${name}: ${outcome(answer)}`);
    if ((await held()) !== before) throw new Error(`${name}: a change at the store`);
  }
}

/** A bucket of its own: one that a PUT could make is not there, one that a DELETE could remove is empty. */
async function fill(
  { made, held }: Meanings,
  { method, shape }: Row,
): Promise<{ bucket: string; held: () => Promise<string> }> {
  buckets += 1;
  const bucket = `meanings-${buckets}`;
  if (shape === 'bucket' && method === 'PUT') return { bucket, held: () => held([]) };
  await made({ method: 'PUT', path: `/${bucket}` });
  if (shape === 'object' || method !== 'DELETE')
    await made({ method: 'PUT', path: `/${bucket}/${OBJECT}`, body: Buffer.from(CONTENT) });
  return { bucket, held: () => held([bucket]) };
}

function request(bucket: string, { method, shape, query }: Row): Sent {
  const path = `/${bucket}${shape === 'object' ? `/${OBJECT}` : ''}?${query}`;
  const body = Buffer.from(shape === 'object' && method === 'PUT' ? '<Unknown/>' : '');
  return { method, path, headers: HEADERS, body };
}

/** Is it the object, or a list of the bucket's objects? */
function shows({ body }: Answer, { shape }: Row): boolean {
  return body.includes(shape === 'object' ? CONTENT : OBJECT);
}
