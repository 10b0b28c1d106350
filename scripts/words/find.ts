import type { Refused } from './list.ts';

export interface Found {
  /** From 1. */
  readonly line: number;
  readonly written: string;
  readonly say: string;
}

/** Refused words in a text, in their order. Phrases are found across the ends of lines, also in comments. */
export function findRefused(text: string, refused: readonly Refused[]): readonly Found[] {
  const found = refused.flatMap(({ find, say }) =>
    [...text.matchAll(patternOf(find))].map((match) => ({ at: match.index, written: match[0], say })),
  );
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, written, say }) => ({
      line: text.slice(0, at).split('\n').length,
      written: written.trim().replace(GAP, ' '),
      say,
    }));
}

/** The text with all but the names of its tests made blank, so that each keeps its line. */
export function testNamesOf(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  let names = '';
  for (const { index, 1: before = '', 3: name = '' } of text.matchAll(TEST_NAME)) {
    const begin = index + before.length + 1;
    names += blank(text.slice(names.length, begin)) + name;
  }
  return names + blank(text.slice(names.length));
}

const TEST_NAME = /(\btest\(\s*)(['"`])((?:(?!\2)[^\\\n]|\\.)*)\2/g;

/** Space between two words, with the end of a line and the beginning of a comment's next one. */
const BETWEEN = String.raw`[ \t]*(?:[ \t]|\r?\n[ \t]*(?:\*|\/\/|#|>)?[ \t]*)`;
const GAP = new RegExp(BETWEEN, 'g');

function patternOf(find: string | RegExp): RegExp {
  if (typeof find !== 'string')
    return new RegExp(find.source.replaceAll(' ', BETWEEN), `${find.flags.replace('g', '')}g`);
  const words = find.split(' ');
  if (words.length > 1) return new RegExp(`(?<![\\w-])${words.join(BETWEEN)}(?![\\w-])`, 'gi');
  return new RegExp(asPartOfName(find), 'g');
}

/** A word by itself, or one of those that a name is made of: `pin`, `Pin`, `PIN`, `typePin`, `pinOf`, `TO_PIN`. */
function asPartOfName(word: string): string {
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  return [
    `(?<![A-Za-z])${word}(?![a-z])`,
    `(?<![A-Z])${capital}(?![a-z])`,
    `(?<![A-Za-z])${word.toUpperCase()}(?![A-Za-z])`,
  ].join('|');
}
