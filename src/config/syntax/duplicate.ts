import { isScalar, type Pair, visit } from 'yaml';
import type { Mistake } from './diagnosis.ts';

/** A field that its section has already. */
export const repeatedField: Mistake = ({ code, offset, source, document }) => {
  if (code !== 'DUPLICATE_KEY') return undefined;
  let first: number | undefined;
  visit(document, {
    Map: (_, map) => {
      const second = map.items.find((pair) => startOf(pair) === offset);
      if (!second) return undefined;
      first = startOf(map.items.find((pair) => nameOf(pair) === nameOf(second)) ?? second);
      return visit.BREAK;
    },
  });
  return {
    offset,
    message:
      first === undefined
        ? 'the same section has the field twice'
        : `the same section has the field twice: on line ${source.lineOf(first) + 1} too`,
    fix: 'join both, or remove one',
  };
};

function startOf({ key }: Pair): number | undefined {
  return isScalar(key) ? key.range?.[0] : undefined;
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
