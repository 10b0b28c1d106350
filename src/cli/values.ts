import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../config/suggest.ts';
import { parseS3Url } from './s3-url.ts';

/** What an argument or an option takes. */
export interface Value {
  /** What a shell completes it to. */
  readonly completes: 'file' | 'nothing' | readonly string[];
  /** From the command line's text. @throws InvalidArgumentError that says what it must be. */
  readonly read: (text: string) => unknown;
}

export const TEXT: Value = { completes: 'nothing', read: nonEmpty };
export const FILE: Value = { completes: 'file', read: nonEmpty };

/**
 * One of a list of words. Capitals may differ where `anyCase` says so; the word comes out as the list has it. `called` is
 * what the words are, for a list that is too long to be printed.
 */
export function choice(of: readonly string[], { anyCase = false, called = 'known word' } = {}): Value {
  const same = (a: string, b: string): boolean => a === b || (anyCase && a.toLowerCase() === b.toLowerCase());
  return {
    completes: of,
    read: (text) => {
      const found = of.find((word) => same(word, text));
      if (found !== undefined) return found;
      if (text === '') return nonEmpty(text);
      const near = didYouMean(text, of);
      const all =
        of.length > MOST_LISTED
          ? `It is not a ${called}${near ? '' : `; there are ${of.length}, such as ${of[0]}`}.`
          : `It is one of ${of.join(', ')}.`;
      throw new InvalidArgumentError(near ? `${all} (${near})` : all);
    },
  };
}

/** Longer lists are in the documentation. */
export const MOST_LISTED = 12;

export function wholeNumber(from: number, to: number): Value {
  return {
    completes: 'nothing',
    read: (text) => {
      const value = Number(text);
      if (/^\d{1,9}$/.test(text) && value >= from && value <= to) return value;
      throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
    },
  };
}

/** `s3://bucket[/prefix]` or, for an object, `s3://bucket/key`. */
export function s3Url(of: 'place' | 'object'): Value {
  return {
    completes: 'nothing',
    read: (text) => {
      const url = parseS3Url(text);
      if (url && (of === 'place' || url.objectKey !== '')) return url;
      throw new InvalidArgumentError(
        of === 'place'
          ? 'It is s3://bucket or s3://bucket/prefix.'
          : 'It is s3://bucket/key, the URL of one object.',
      );
    },
  };
}

function nonEmpty(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It is empty.');
}
