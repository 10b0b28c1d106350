import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Permissions, permits } from '../clients/permissions.ts';
import type { RuleSet } from '../rules/match.ts';
import { checkBodyHashes, checksumName } from '../s3/body-hashes.ts';
import { readDelete, writeDelete } from '../s3/delete-document.ts';
import { malformed } from '../s3/document.ts';
import type { Target } from '../s3/target.ts';
import { requireUnfolded } from '../s3/unfolded.ts';
import type { Upstream } from '../snapshot/snapshot.ts';
import { denied } from './authorize.ts';
import type { Exchange } from './exchange.ts';

/** S3 takes documents of up to 2 MB here. */
const MOST_BYTES = 2 * 1024 * 1024;

/**
 * Reads the body of a DeleteObjects, checks it against its hashes, authorises every object key in it, and gives back
 * the exchange with a body of our own making that names exactly those. One refused object key refuses them all.
 *
 * @throws S3Error AccessDenied, MalformedXML, BadDigest, XAmzContentSHA256Mismatch
 */
export async function checkDeletes(
  exchange: Exchange,
  target: Target,
  { permissions, rules, upstream }: { permissions: Permissions; rules: RuleSet; upstream: Upstream },
): Promise<Exchange> {
  if (target.shape !== 'bucket') throw denied();
  const body = await readBody(exchange);
  await checkBodyHashes(exchange.headers, body);
  const request = readDelete(decodeUtf8(body));
  for (const { objectKey } of request.objects) {
    if (upstream.provider.normalisesKeys) requireUnfolded(objectKey);
    const match = rules.matchObject(target.bucket, objectKey);
    const known = match.kind === 'rule' || match.action === 'pass';
    if (!known || !permits(permissions, 'delete', target.bucket, objectKey)) throw denied();
  }
  return withBody(exchange, Buffer.from(writeDelete(request)));
}

async function readBody({ stream, begin }: Exchange): Promise<Buffer> {
  begin();
  const chunks: Buffer[] = [];
  let size = 0;
  // The request is not destroyed when this ends early: its client is still to be answered.
  const bytes: AsyncIterable<Buffer> = stream.iterator({ destroyOnReturn: false });
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw malformed();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function withBody(exchange: Exchange, body: Buffer): Exchange {
  const stale = [...exchange.headers.names()].filter((name) => checksumName(name) !== undefined);
  const headers = exchange.headers.with({
    'content-length': String(body.byteLength),
    'content-md5': createHash('md5').update(body).digest('base64'),
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    'content-encoding': undefined,
    'x-amz-sdk-checksum-algorithm': undefined,
    ...Object.fromEntries(stale.map((name) => [name, undefined])),
  });
  return { ...exchange, headers, stream: Readable.from([body], { objectMode: false }), begin: () => {} };
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw malformed(cause);
  }
}
