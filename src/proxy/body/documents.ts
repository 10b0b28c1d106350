import type { WireHeaders } from '../../s3/headers.ts';
import type { OperationName } from '../../s3/operations.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { namePartsForStore } from './complete-upload.ts';
import { checkDeletes } from './delete-objects.ts';
import type { Judging } from './judging.ts';
import { checkLegalHold } from './legal-hold.ts';
import { restoreOnly } from './restore.ts';

/** The longest of them, in bytes: a CompleteMultipartUpload. */
const LONGEST = 4 * 1024 * 1024;

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
  if (!rewriting) return message;
  await judging.hold(mostBytesOf(message.headers));
  return await rewriting(message, plan, judging);
}

/** What is longer is refused when so much of it has been read. */
function mostBytesOf(headers: WireHeaders): number {
  const length = Number(headers.joined('content-length') ?? LONGEST);
  return Math.min(length, LONGEST);
}
