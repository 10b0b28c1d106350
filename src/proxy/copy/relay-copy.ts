import { SLOW_DOWN } from '../../listener/refusal.ts';
import { S3Error } from '../../s3/errors.ts';
import { COPY_LIMITS } from '../../snapshot/copy-limits.ts';
import type { Exchange } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import type { Serving } from '../serving.ts';
import type { Copying } from './ask.ts';
import { LateReply } from './late-reply.ts';
import { writeInParts } from './parts.ts';
import { promisedChecksum } from './promised-checksum.ts';
import { type Result, resultOf } from './result.ts';
import { leave, openSource, type Source, type Span } from './source.ts';
import { taggingOf } from './tags.ts';
import { write } from './write.ts';
import { aboutTarget, conditionsOf, directive, objectHeaders } from './written-headers.ts';

/** Copies of all clients have one limit: each holds a read and a write at once, for a request without a byte. */
const ALL = 'all';

/**
 * Does a CopyObject or UploadPartCopy that the store can't do safely: reads the source and writes it, byte by byte as
 * they come, each end by its own rule. It ends when the client leaves, and nothing is stored then.
 *
 * @throws S3Error (SlowDown above the limit of copies), UpstreamError while nothing was answered yet
 */
export async function relayCopy(
  exchange: Exchange,
  message: Message,
  plan: Plan,
  serving: Serving,
): Promise<void> {
  const limits = serving.snapshot.limits.copies ?? COPY_LIMITS;
  const { load } = serving;
  if (!load.copies.take(ALL, load.limits.copies)) {
    load.hit('copies');
    exchange.log.cause = 'limits.copies is reached';
    throw new S3Error('SlowDown', SLOW_DOWN);
  }
  const reply = new LateReply(exchange, limits);
  try {
    letBodyPass(message);
    const carry = plan.operation.name === 'CopyObject' ? copyObject : copyPart;
    const { document, headers } = await carry(
      { exchange, asker: exchange, message, plan, serving, limits },
      reply,
    );
    await reply.succeed(document, headers);
  } catch (error) {
    await reply.fail(error);
  } finally {
    load.copies.leave(ALL);
    reply.stop();
  }
}

/** A copy has no body; one that comes all the same means nothing. */
function letBodyPass({ body, begin, stream }: Message): void {
  if (body === 'none') return;
  begin();
  stream.resume();
}

async function copyObject(copying: Copying, reply: LateReply): Promise<Result> {
  const { limits, serving } = copying;
  const asked = copying.message.headers;
  for (const name of ['x-amz-metadata-directive', 'x-amz-tagging-directive']) directive(asked, name);
  const source = await opened(copying, reply);
  try {
    const tagging = { 'x-amz-tagging': await taggingOf(copying, source) };
    const headers = objectHeaders(asked, source.headers).with(tagging);
    if (source.length > limits.largestPut) {
      leave(source);
      return resultOf('CopyObjectResult', await writeInParts(copying, source, headers), serving.clock());
    }
    const whole = headers.with(conditionsOf(asked));
    const step = { end: 'target', name: 'PutObject', headers: whole } as const;
    const algorithm = asked.single('x-amz-checksum-algorithm')?.toUpperCase();
    return resultOf('CopyObjectResult', await write(copying, step, source, algorithm), serving.clock());
  } finally {
    leave(source);
  }
}

async function copyPart(copying: Copying, reply: LateReply): Promise<Result> {
  const { message, plan, limits, serving } = copying;
  const uploadId = plan.target.query.get('uploadId') ?? '';
  const algorithm = await promisedChecksum(copying, uploadId);
  const source = await opened(copying, reply, spanOf(message.headers.single('x-amz-copy-source-range')));
  try {
    if (source.length > limits.largestPut) throw tooLarge(limits.largestPut);
    const query = { partNumber: plan.target.query.get('partNumber'), uploadId };
    const headers = aboutTarget(message.headers);
    const step = { end: 'target', name: 'UploadPart', query, headers } as const;
    return resultOf('CopyPartResult', await write(copying, step, source, algorithm), serving.clock());
  } finally {
    leave(source);
  }
}

async function opened(copying: Copying, reply: LateReply, span?: Span): Promise<Source> {
  const source = await openSource(copying, span);
  const versionId = source.headers.joined('x-amz-version-id');
  if (versionId !== undefined) reply.know(['x-amz-copy-source-version-id', versionId]);
  return source;
}

/** @throws S3Error InvalidArgument */
function spanOf(range: string | undefined): Span | undefined {
  if (range === undefined) return undefined;
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(range) ?? [];
  if (Number(first) <= Number(last)) return { first: Number(first), last: Number(last) };
  throw new S3Error(
    'InvalidArgument',
    'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    { fields: { ArgumentName: 'x-amz-copy-source-range' } },
  );
}

function tooLarge(most: number): S3Error {
  return new S3Error(
    'InvalidRequest',
    `The specified copy source is larger than the maximum allowable size for a copy source: ${most}`,
  );
}
