import { type Dialect, S3 } from '../../dialects/dialect.ts';
import { translating } from '../../dialects/documents.ts';
import type { Plan } from '../plan/plan.ts';
import { differenceOf } from '../plan/told.ts';
import { LONGEST_LIST } from './etags.ts';
import type { Rewrite } from './rewrite.ts';

/**
 * The document of a store with another dialect than the client's: what the proxy itself rewrites in it stands in between,
 * and sees what is internal.
 * @param applied what is rewritten of it anyway
 * @returns undefined where its document is the same for both, or it has none
 */
export function told(
  applied: Rewrite | undefined,
  { operation: { name, answers }, upstream }: Plan,
  client: Dialect,
): Rewrite | undefined {
  const from = differenceOf(name, upstream.dialect ?? S3);
  const to = differenceOf(name, client);
  if (answers !== 'document' || !from || !to || (from.kind === 'same' && to.kind === 'same')) return applied;
  return {
    applies: () => true,
    longest: LONGEST_LIST,
    *rewrite(document, reply) {
      const inside = yield* translating(document.toString(), from, 'internal');
      const rewritten = applied ? yield* applied.rewrite(Buffer.from(inside), reply) : inside;
      return yield* translating(rewritten.toString(), to, 'own');
    },
  };
}
