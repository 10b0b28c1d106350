import { decodeEntities } from '../s3/document.ts';
import { markedPart, markPlace } from './mark.ts';

/** A longer text is not an ETag, in characters. */
const LONGEST = 512;

/** What a text in XML can have beside letters, and a letter. */
const ODD = /[<&]/;
const TOKEN = /<!--.*?-->|<\?.*?\?>|<!\[CDATA\[|\]\]>|&[^;&<]{1,10};|./gs;

/** Where the mark goes in an ETag as it is written in XML, sections, comments and references included; else -1. */
export function markPlaceIn(written: string): number {
  const place = markPlace(written);
  if (place >= 0 || written.length > LONGEST || !ODD.test(written)) return place;
  const { text, ends } = lettersOf(written);
  const meant = markPlace(text);
  return meant < 0 ? -1 : (ends[meant - 1] as number);
}

/** The ETag without its mark, as it is written in XML. */
export function withoutMark(written: string): string {
  const part = markedPart(written);
  if (part) return written.slice(0, part.from) + written.slice(part.to);
  if (written.length > LONGEST || !ODD.test(written)) return written;
  const { text, starts, ends } = lettersOf(written);
  const meant = markedPart(text);
  if (!meant) return written;
  let kept = written;
  // Letter by letter from behind: what stands between them stays.
  for (let at = meant.to - 1; at >= meant.from; at -= 1)
    kept = kept.slice(0, starts[at]) + kept.slice(ends[at]);
  return kept;
}

/** What is meant, and where each letter of it is written. */
function lettersOf(written: string): { text: string; starts: number[]; ends: number[] } {
  const [starts, ends]: [number[], number[]] = [[], []];
  let text = '';
  for (const { 0: token, index } of written.matchAll(TOKEN)) {
    if (token.length > 1 && !token.startsWith('&')) continue;
    const letter = letterOf(token);
    if (letter.length !== 1) return { text: '', starts: [], ends: [] };
    text += letter;
    starts.push(index);
    ends.push(index + token.length);
  }
  return { text, starts, ends };
}

/** @returns nothing for a reference to what nobody knows */
function letterOf(token: string): string {
  try {
    return decodeEntities(token);
  } catch {
    return '';
  }
}
