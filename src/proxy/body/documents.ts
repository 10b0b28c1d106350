import type { OperationName } from '../../s3/operations.ts';
import type { Message } from '../message.ts';
import type { Plan } from '../plan/plan.ts';
import { namePartsForStore } from './complete-upload.ts';
import { checkDeletes } from './delete-objects.ts';
import type { Judging } from './judging.ts';
import { checkLegalHold } from './legal-hold.ts';
import { restoreOnly } from './restore.ts';

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
  return (await DOCUMENTS[plan.operation.name]?.(message, plan, judging)) ?? message;
}
