import type { SseKey } from '../keys/key.ts';

/**
 * How many letters and digits in a row count as a leak of a key. No text has twelve of them by chance: 36 letters and
 * digits make more than 10^18 such pieces.
 */
const PIECE = 12;
/** Pieces start at every fourth character of an encoding, so any 15 characters in a row are found. */
const STEP = 4;
/** Escapes are decoded down to three levels. */
const ESCAPES_DEEP = 3;

/** The texts that leak a key or its MD5, computed once for each key. */
const traces = new WeakMap<SseKey, Traces>();

interface Traces {
  /** Pieces of its encodings in letters and digits, in lower case. */
  readonly pieces: readonly string[];
  /** The raw bytes, as they may appear in a text. */
  readonly raw: readonly string[];
}

/**
 * Does the text contain one of the keys, or the MD5 of one, whole or in part, in any encoding? Escapes are decoded first;
 * then only letters and digits count, so that line breaks, separators, padding and case do not matter.
 */
export function holdsKey(text: string, ssecKeys: readonly SseKey[]): boolean {
  if (ssecKeys.length === 0 || text === '') return false;
  for (const look of unescaped(text)) {
    const bare = look.replace(/[^0-9A-Za-z]/g, '').toLowerCase();
    for (const ssecKey of ssecKeys) {
      const { raw, pieces } = tracesOf(ssecKey);
      if (holdsAny(look, raw) || holdsAny(bare, pieces)) return true;
    }
  }
  return false;
}

function holdsAny(text: string, pieces: readonly string[]): boolean {
  for (const piece of pieces) if (text.includes(piece)) return true;
  return false;
}

function tracesOf(ssecKey: SseKey): Traces {
  const known = traces.get(ssecKey);
  if (known) return known;
  const secrets = [ssecKey.base64, ssecKey.md5].map((base64) => Buffer.from(base64, 'base64'));
  const found: Traces = {
    pieces: [...new Set(secrets.flatMap(writingsOf).flatMap(piecesOf))],
    raw: secrets.flatMap((bytes) => [bytes.toString('latin1'), bytes.toString('utf8')]),
  };
  traces.set(ssecKey, found);
  return found;
}

/** Base64 and hex, both of them again in hex (`StringToSignBytes`), and the bytes as numbers. */
function writingsOf(bytes: Buffer): readonly string[] {
  const base64 = bytes.toString('base64');
  const hexOf = (text: string): string => Buffer.from(text).toString('hex');
  return [base64, bytes.toString('hex'), hexOf(base64), hexOf(bytes.toString('hex')), bytes.join('')];
}

function piecesOf(writing: string): readonly string[] {
  const bare = writing.replace(/[^0-9A-Za-z]/g, '').toLowerCase();
  const pieces: string[] = [];
  for (let at = 0; at + PIECE <= bare.length; at += STEP) pieces.push(bare.slice(at, at + PIECE));
  // A list of small numbers may have the same digits by chance, so pieces of it do not count.
  return /^\d+$/.test(bare) ? [bare] : pieces;
}

/** The text, and the text with the escapes of URLs, XML and JSON decoded, repeatedly. */
function unescaped(text: string): readonly string[] {
  const looks = [text];
  for (let depth = 0; depth < ESCAPES_DEEP; depth += 1) {
    const look = looks.at(-1) ?? '';
    const next = look.replace(
      /%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(amp);/gi,
      meant,
    );
    if (next === look) break;
    looks.push(next);
  }
  return looks;
}

function meant(whole: string, ...groups: readonly unknown[]): string {
  const [percent, unicode, byte, hex, decimal, amp] = groups as (string | undefined)[];
  if (amp !== undefined) return '&';
  const digits = percent ?? unicode ?? byte ?? hex;
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
