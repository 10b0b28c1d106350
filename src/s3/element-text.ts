import { SLICE, type Work } from '../turns.ts';
import { malformed, Tags } from './tags.ts';

/** Gets what an element holds as it stands there, escaped, and gives back the same. */
type Replace = (escaped: string, index: number) => string;

/** More than any line of a list. */
export const LONGEST_ELEMENT = 64 * 1024;

/**
 * The document with other texts in all elements of one name; everything else stays as it was written. Prefixes and
 * attributes of these elements go: they could say what their text must not.
 * @throws S3Error MalformedXML
 */
export function replacingElements(document: string, name: string, replace: Replace): Work<string> {
  const written = (escaped: string, index: number): string => `<${name}>${replace(escaped, index)}</${name}>`;
  return eachElement(document, name, 'whole', written);
}

/** The same with their tags as they were written. */
export function rewritingElements(document: string, name: string, rewrite: Replace): Work<string> {
  return eachElement(document, name, 'text', rewrite);
}

/**
 * Not those that close themselves, which hold nothing, and none inside of another.
 * @param replaced the whole element, or what stands between its tags
 */
function* eachElement(
  document: string,
  name: string,
  replaced: 'whole' | 'text',
  replace: Replace,
): Work<string> {
  const tags = new Tags(document);
  const pieces: string[] = [];
  let written = 0;
  let index = 0;
  let depth = 0;
  let due = SLICE;
  /** Where the open element begins, where its text does, and the depth at which it ends. */
  let start = 0;
  let inner = 0;
  let ends: number | undefined;
  for (let kind = tags.next(); kind !== 'end'; kind = tags.next()) {
    if (kind === 'open') {
      if (ends === undefined && tags.isNamed(name)) {
        start = tags.start;
        inner = tags.end;
        ends = depth;
      }
      depth += 1;
    } else if (kind === 'close') {
      depth -= 1;
      if (depth === ends) {
        if (tags.end - start > LONGEST_ELEMENT) throw malformed();
        const whole = replaced === 'whole';
        pieces.push(
          document.slice(written, whole ? start : inner),
          replace(document.slice(inner, tags.start), index),
        );
        written = whole ? tags.end : tags.start;
        index += 1;
        ends = undefined;
      }
    }
    if (tags.end >= due) {
      due = tags.end + SLICE;
      yield;
    }
  }
  if (depth !== 0) throw malformed();
  pieces.push(document.slice(written));
  return pieces.join('');
}
