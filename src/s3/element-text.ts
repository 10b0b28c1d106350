import { SLICE, type Work } from '../turns.ts';
import { malformed, Tags } from './tags.ts';

/** Gets what an element holds as it stands there, escaped, and gives back the same. */
type Replace = (escaped: string, index: number) => string;

/** More than any line of a list. */
const LONGEST = 64 * 1024;

/**
 * The document with other texts in all elements of one name; everything else stays as it was written. Prefixes and
 * attributes of these elements go: they could say what their text must not.
 * @throws S3Error MalformedXML
 */
export function replacingElements(document: string, name: string, replace: Replace): Work<string> {
  return eachElement(
    document,
    [name],
    ({ escaped }, index) => `<${name}>${replace(escaped, index)}</${name}>`,
  );
}

/** The same of the elements with one of several names, with their tags as they were written. */
export function rewritingElements(
  document: string,
  names: readonly string[],
  rewrite: Replace,
): Work<string> {
  return eachElement(
    document,
    names,
    ({ opening, escaped, closing }, index) => `${opening}${rewrite(escaped, index)}${closing}`,
  );
}

interface Written {
  readonly opening: string;
  readonly escaped: string;
  readonly closing: string;
}

/** Not those that close themselves, which hold nothing, and none inside of another. */
function* eachElement(
  document: string,
  names: readonly string[],
  write: (element: Written, index: number) => string,
): Work<string> {
  const tags = new Tags(document);
  const pieces: string[] = [];
  let written = 0;
  let index = 0;
  let depth = 0;
  let due = SLICE;
  /** The one that is open. */
  let element: { readonly start: number; readonly inner: number; readonly depth: number } | undefined;
  for (let kind = tags.next(); kind !== 'end'; kind = tags.next()) {
    if (kind === 'open') {
      if (!element && names.includes(tags.localName)) element = { start: tags.start, inner: tags.end, depth };
      depth += 1;
    } else if (kind === 'close') {
      depth -= 1;
      if (depth === element?.depth) {
        const { start, inner } = element;
        if (tags.end - start > LONGEST) throw malformed();
        const one = {
          opening: document.slice(start, inner),
          escaped: document.slice(inner, tags.start),
          closing: document.slice(tags.start, tags.end),
        };
        pieces.push(document.slice(written, start), write(one, index));
        written = tags.end;
        index += 1;
        element = undefined;
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
