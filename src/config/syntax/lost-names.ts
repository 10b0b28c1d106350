import { type Document, isScalar, visit } from 'yaml';
import type { Diagnosis } from './diagnosis.ts';

/** So many are told. */
const MOST = 20;

/**
 * Fields and ids that are called `__proto__`. Zod leaves such an entry of a record out without a word, so that nothing would
 * check it: https://github.com/colinhacks/zod/blob/main/packages/zod/src/v4/core/schemas.ts ($ZodRecord).
 */
export function lostNames(document: Document): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return undefined;
      const offset = key.range?.[0] ?? 0;
      found.push({ offset, message: 'nothing can be called __proto__', fix: 'give it another name' });
      return found.length < MOST ? undefined : visit.BREAK;
    },
  });
  return found;
}
