import { readFile } from 'node:fs/promises';
import { request as overPlain } from 'node:http';
import { request as overTls } from 'node:https';
import type { Bench, Place } from '../bench.ts';
import type { Target } from '../client.ts';
import { type Descriptor, descriptorOf } from './registry-api.ts';

export function rootOf(bench: Bench): Place {
  return bench.place('registry');
}

/** Where the registry stores a blob. */
export function dataOf(bench: Bench, { digest }: Descriptor): Place {
  const hex = digest.slice('sha256:'.length);
  return bench.place(`registry/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`);
}

/** At the end of an upload the registry copies it to its place and deletes it where it was. */
export async function movedBy(
  bench: Bench,
  operation: string,
  bytes: Buffer,
  push: () => Promise<Descriptor>,
): Promise<void> {
  const place = dataOf(bench, descriptorOf(bytes));
  const writes = await bench.writesOf(async () => void (await push()));
  if (!writes.includes(`${operation} ${place.objectKey}`))
    throw new Error(`it was not moved by ${operation}: ${writes.join(', ')}`);
  await bench.direct.sealed(place, bytes);
  const uploads = await bench.direct.list(place.bucket, rootOf(bench).objectKey);
  const left = uploads.filter((objectKey) => objectKey.includes('/_uploads/'));
  if (left.length > 0) throw new Error(`the upload is still there: ${left.join(', ')}`);
}

export async function everythingSealed(bench: Bench): Promise<void> {
  const { bucket, objectKey } = rootOf(bench);
  const count = await bench.direct.sealedBelow(bucket, `${objectKey}/`);
  if (count < 3) throw new Error(`the registry has ${count} objects`);
}

export function wantSize({ size }: Descriptor, said: number | undefined): void {
  if (said !== size) throw new Error(`it says ${said} bytes, and there are ${size}`);
}

export function wantAll(what: string, got: readonly string[], wanted: readonly string[]): void {
  if (got.toSorted().join() !== wanted.join())
    throw new Error(`it has the ${what} ${got.join(', ')} in place of ${wanted.join(', ')}`);
}

/** HEAD of a link by someone who has no credentials. */
export async function sizeBehind(link: string, { caFile }: Target): Promise<number> {
  const ca = await readFile(caFile);
  const open = link.startsWith('https:') ? overTls : overPlain;
  return await new Promise((resolve, reject) => {
    open(link, { ca, method: 'HEAD' }, ({ statusCode, headers }) => {
      if (statusCode === 200) resolve(Number(headers['content-length']));
      else reject(new Error(`the link answers ${statusCode} to a HEAD`));
    })
      .on('error', reject)
      .end();
  });
}
