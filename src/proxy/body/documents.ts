import type { Permissions } from '../../clients/permissions.ts';
import type { RuleSet } from '../../rules/match.ts';
import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/make-plan.ts';
import { namePartsForStore } from './complete-upload.ts';
import { checkDeletes } from './delete-objects.ts';

interface Context {
  /** Those of the caller. */
  readonly permissions: Permissions;
  readonly rules: RuleSet;
}

/** Documents of clients that the store does not get as they are, an operation a row. */
const DOCUMENTS: Readonly<
  Record<string, (exchange: Exchange, plan: Plan, context: Context) => Promise<Exchange>>
> = {
  CompleteMultipartUpload: namePartsForStore,
  DeleteObjects: (exchange, { target, upstream }, context) =>
    checkDeletes(exchange, target, { ...context, upstream }),
};

/** The exchange with the body that the store is to have: read and written anew where it names objects or ETags. */
export async function rewriteRequestDocument(
  exchange: Exchange,
  plan: Plan,
  context: Context,
): Promise<Exchange> {
  return (await DOCUMENTS[plan.operation.name]?.(exchange, plan, context)) ?? exchange;
}
