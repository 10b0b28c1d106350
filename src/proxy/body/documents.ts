import { type Dialect, S3 } from '../../dialects/dialect.ts';
import { translating } from '../../dialects/documents.ts';
import type { Way } from '../../dialects/pairs.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { Work } from '../../turns.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { differenceOf } from '../plan/told.ts';
import { namePartsForStore } from './complete-upload.ts';
import { checkDeletes } from './delete-objects.ts';
import type { Judging } from './judging.ts';
import { checkLegalHold } from './legal-hold.ts';
import { restoreOnly } from './restore.ts';
import { withRewrittenBody } from './rewritten.ts';

/** The longest of them, in bytes: a CompleteMultipartUpload. */
const LONGEST = 4 * 1024 * 1024;
/** A lifecycle of a thousand rules is shorter. */
const LONGEST_SETTINGS = 1024 * 1024;

type Rewriting = (message: Message, plan: Plan, judging: Judging) => Promise<Message>;

/** Documents of clients that the store does not get as they are. */
const DOCUMENTS: Readonly<Partial<Record<OperationName, Rewriting>>> = {
  CompleteMultipartUpload: namePartsForStore,
  DeleteObjects: checkDeletes,
  PutObjectLegalHold: checkLegalHold,
  RestoreObject: restoreOnly,
};

/** The message with the body that the store is to have: read and rewritten where it names objects, ETags or other places. */
export async function rewriteDocument(message: Message, plan: Plan, judging: Judging): Promise<Message> {
  const rewriting = DOCUMENTS[plan.operation.name];
  const { dialect } = judging;
  const store = plan.upstream.dialect ?? S3;
  // Between two that speak alike, only what is read here has to be internal.
  const differs = dialect !== store || (rewriting !== undefined && dialect !== S3);
  if (!rewriting && !differs && !lacksMd5(message, plan)) return message;
  await judging.hold(mostBytesOf(message.headers));
  if (!differs) return withMd5(rewriting ? await rewriting(message, plan, judging) : message, plan);
  const inside = await told(message, plan, dialect, 'internal');
  const made = await told(rewriting ? await rewriting(inside, plan, judging) : inside, plan, store, 'own');
  return withMd5(made, plan);
}

function lacksMd5({ body, headers }: Message, { operation, upstream }: Plan): boolean {
  return (
    upstream.provider.demandsMd5 && operation.body === 'xml' && body !== 'none' && !headers.has('content-md5')
  );
}

/** What was rewritten has one already. */
async function withMd5(message: Message, plan: Plan): Promise<Message> {
  if (!lacksMd5(message, plan)) return message;
  const rewrite = (document: string): string => document;
  return await withRewrittenBody(message, { longest: LONGEST, checksumOf: 'body', rewrite });
}

/** @throws S3Error MalformedXML; NotImplemented for what the other side can't be told */
async function told(message: Message, { operation }: Plan, dialect: Dialect, way: Way): Promise<Message> {
  const difference = differenceOf(operation.name, dialect);
  if (!difference || difference.kind === 'same' || message.body === 'none') return message;
  const rewrite = (document: string): Work<string> => translating(document, difference, way);
  return await withRewrittenBody(message, { longest: LONGEST_SETTINGS, checksumOf: 'body', rewrite });
}

/** What is longer is refused when so much of it has been read. */
function mostBytesOf(headers: WireHeaders): number {
  const length = Number(headers.joined('content-length') ?? LONGEST);
  return Math.min(length, LONGEST);
}
