import { type Document, isScalar, visit, YAMLParseError } from 'yaml';

/** So many are told: of each, its place is looked for in the whole text. */
const MOST = 20;

/** Fields that their section has already. The parser itself compares each field with all others, which takes quadratic time. */
export function repeatedKeys(document: Document): readonly YAMLParseError[] {
  const found: YAMLParseError[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const offset = key.range?.[0] ?? 0;
        if (seen.has(key.value)) found.push(new YAMLParseError([offset, offset + 1], 'DUPLICATE_KEY', ''));
        seen.add(key.value);
        if (found.length >= MOST) return visit.BREAK;
      }
      return undefined;
    },
  });
  return found;
}
