import { type Document, isCollection, isScalar, visit } from 'yaml';
import type { Mistake } from './diagnosis.ts';

/**
 * A quote that is not closed: the text goes on to the next quote, or to the end of the file, and the parser complains there.
 * Texts of a config stand on one line.
 */
export const openQuote: Mistake = ({ offset, source, document }) => {
  const start = firstNode(document, (node, [from, to]) => {
    if (!isScalar(node) || !node.type?.startsWith('QUOTE') || from >= offset) return false;
    return source.lineOf(from) < source.lineOf(to);
  });
  if (start === undefined) return undefined;
  return {
    offset: start,
    message: 'this quote is not closed on its line',
    fix: `add a ${source.text.charAt(start)} at the end of the text`,
  };
};

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** A bracket without its other half, or with the wrong one. */
export const openBracket: Mistake = ({ offset, message, source: { text }, document }) => {
  if (!/\bend with (?:a )?[\]}]/.test(message)) return undefined;
  const found = text.charAt(offset);
  let start: number | undefined;
  firstNode(document, (node, [from, to]) => {
    const open = isCollection(node) && node.flow === true && from < offset;
    if (open && text.charAt(to - 1) !== CLOSING[text.charAt(from)]) start = from;
    return false;
  });
  if (start === undefined) return undefined;
  const opening = text.charAt(start);
  const closing = CLOSING[opening] ?? '';
  if (found === ']' || found === '}')
    return {
      offset,
      message: `this ${found} does not fit the ${opening} before it`,
      fix: `close the ${opening} with ${closing}`,
    };
  return {
    offset: start,
    message: `this ${opening} is not closed`,
    fix: `add the ${closing}; lines in between are indented deeper than the line with the ${opening}`,
  };
};

/** A closing bracket that nothing opened. */
export const strayBracket: Mistake = ({ code, offset, source: { text } }) => {
  const found = text.charAt(offset);
  if (code !== 'UNEXPECTED_TOKEN' || (found !== ']' && found !== '}')) return undefined;
  return { offset, message: `this ${found} closes nothing`, fix: 'remove it' };
};

/** Two entries in brackets without a comma between them, a comma too many, or a list of lines in brackets. */
export const wrongSeparator: Mistake = ({ code, message, offset, source: { text } }) => {
  if (code === 'UNEXPECTED_TOKEN' && text.charAt(offset) === ',')
    return { offset, message: 'there is a comma too many', fix: 'remove it' };
  if (code === 'BLOCK_IN_FLOW')
    return text.charAt(offset) === '-'
      ? {
          offset,
          message: 'a "- " cannot be inside brackets',
          fix: 'write [a, b], or one line with "- " for each entry and no brackets',
        }
      : COMMA(offset);
  return message.startsWith('Missing ,') ? COMMA(offset) : undefined;
};

const COMMA = (offset: number) => ({
  offset,
  message: 'a comma is missing between two fields in { }',
  fix: 'write { a: 1, b: 2 }; put a value with special characters in quotes',
});

type Range = readonly [number, number];

/** Where the first node starts that fits, in the order of the text. */
function firstNode(document: Document, fits: (node: unknown, range: Range) => boolean): number | undefined {
  let start: number | undefined;
  visit(document, {
    Node: (_, node) => {
      if (!node.range || !fits(node, [node.range[0], node.range[1]])) return undefined;
      start = node.range[0];
      return visit.BREAK;
    },
  });
  return start;
}
