import type { SseKey } from '../keys/key.ts';

/**
 * How many letters and digits in a row give a key away. By chance no text has twelve of them: 36 letters and digits
 * make more than 10^18 such pieces.
 */
const PIECE = 12;
/** Pieces are looked for at every fourth place of a writing, so whatever shows 15 in a row is found. */
const STEP = 4;
/** An escape in an escape in an escape is the deepest that is looked into. */
const ESCAPES_DEEP = 3;

/** What gives a key or its MD5 away, computed once for each key. */
const traces = new WeakMap<SseKey, Traces>();

interface Traces {
  /** Pieces of its writings in letters and digits, in lower case. */
  readonly pieces: readonly string[];
  /** The bytes themselves, as somebody may have put them into a text. */
  readonly raw: readonly string[];
}

/**
 * Does the text show one of the keys, or the MD5 of one, whole or by a piece, in any encoding? Escapes are taken back
 * first; then only letters and digits count, so that lines, separators, padding and spelling do not matter.
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

/** Base64 and hex, either of them in hex (`StringToSignBytes`), and bytes as numbers. */
function writingsOf(bytes: Buffer): readonly string[] {
  const base64 = bytes.toString('base64');
  const hexOf = (text: string): string => Buffer.from(text).toString('hex');
  return [base64, bytes.toString('hex'), hexOf(base64), hexOf(bytes.toString('hex')), bytes.join('')];
}

function piecesOf(writing: string): readonly string[] {
  const bare = writing.replace(/[^0-9A-Za-z]/g, '').toLowerCase();
  const pieces: string[] = [];
  for (let at = 0; at + PIECE <= bare.length; at += STEP) pieces.push(bare.slice(at, at + PIECE));
  // A list of small numbers may be plain digits by chance; a piece of one is no trace.
  return /^\d+$/.test(bare) ? [bare] : pieces;
}

/** The text, and what it says when the escapes of URLs, XML and JSON are taken back, once and again. */
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
