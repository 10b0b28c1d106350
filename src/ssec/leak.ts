import type { SseKey } from '../keys/key.ts';
import { type Writing, writingsOf } from './writings.ts';

/** Pieces start at every fourth character of a writing, so that three more in a row than a piece has are found. */
const STEP = 4;
/** Escapes are decoded down to three levels. */
const ESCAPES_DEEP = 3;
/** Of the bytes themselves. */
const RAW_PIECE = 8;
/** What every escape has. */
const ESCAPES = /[%\\&=]/;
/** What raw bytes have among them, and usual texts have not. */
const UNUSUAL = /[^\t-~]/;

/** A shorter text has no part of a key that counts: an MD5 read as UTF-8 has at least so many characters. */
const SHORTEST = 6;

/** What leaks a key or its MD5, computed once for each key. */
const traces = new WeakMap<SseKey, Traces>();

interface Traces {
  readonly writings: readonly Writing[];
  /** A bit for each place of four letters in a row: does a writing have them where a piece begins or goes on? */
  readonly places: Uint8Array;
  /** Pieces of the raw bytes, as they may appear in a text. */
  readonly raw: readonly string[];
}

/**
 * Does the text contain one of the keys, or the MD5 of one, whole or a good part of it, as a program writes bytes
 * (`writingsOf`)? Escapes are decoded first; then only letters and digits count, so that line breaks, separators,
 * padding, UTF-16 and case do not matter.
 *
 * This is a net for what stores and what stands before them say by accident. It finds no key that somebody hides: one
 * that is encrypted, compressed, cut into pieces of a few letters or written in an encoding of one's own.
 */
export function holdsKey(text: string, ssecKeys: readonly SseKey[]): boolean {
  if (ssecKeys.length === 0 || text.length < SHORTEST) return false;
  const looks = ESCAPES.test(text) ? unescaped(text) : [text];
  for (const look of looks) {
    const unusual = UNUSUAL.test(look);
    for (const ssecKey of ssecKeys) {
      const known = traces.get(ssecKey) ?? traceKey(ssecKey);
      if (mayHold(look, known) && holds(bareText(look), known)) return true;
      if (unusual && known.raw.some((piece) => look.includes(piece))) return true;
    }
  }
  return false;
}

/**
 * A first look at headers (name, value, name, value …) that makes no text of them: false where `holdsKey` finds nothing in
 * their lines, nor in their values one behind the other. What has escapes or unusual characters needs the whole look.
 */
export function mayHoldKey(headers: readonly string[], ssecKeys: readonly SseKey[]): boolean {
  for (const ssecKey of ssecKeys) {
    const known = traces.get(ssecKey) ?? traceKey(ssecKey);
    if (looksSo(headers, known)) return true;
  }
  return false;
}

/** `mayHold` of all names and values as if they were one text, and of the values alone, in one go. */
function looksSo(headers: readonly string[], { places }: Traces): boolean {
  let place = 0;
  let seen = 0;
  let placeOfValues = 0;
  let seenOfValues = 0;
  for (let i = 0; i < headers.length; i += 1) {
    const text = headers[i] as string;
    const isValue = i % 2 === 1;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code > LAST_USUAL || ((WHOLE_LOOK[code] as number) === 1 && needsWholeLook(text, at))) return true;
      const spread = SPREAD[code] as number;
      if (spread === 0) continue;
      place = ((place << 4) ^ spread) & LAST_PLACE;
      seen = (seen << 1) | (((places[place >> 3] as number) >> (place & 7)) & 1);
      if ((seen & THREE) === THREE) return true;
      if (!isValue) continue;
      placeOfValues = ((placeOfValues << 4) ^ spread) & LAST_PLACE;
      seenOfValues =
        (seenOfValues << 1) | (((places[placeOfValues >> 3] as number) >> (placeOfValues & 7)) & 1);
      if ((seenOfValues & THREE) === THREE) return true;
    }
  }
  return false;
}

/** An equals sign is an escape only before two digits of hex, which stand in the same text or, at its end, in the next one. */
function needsWholeLook(text: string, at: number): boolean {
  return text[at] !== '=' || at + 1 === text.length || HEX_DIGIT.test(text[at + 1] as string);
}

function traceKey(ssecKey: SseKey): Traces {
  const secrets = [ssecKey.base64, ssecKey.md5].map((base64) => Buffer.from(base64, 'base64'));
  const writings = secrets.flatMap(writingsOf);
  const places = new Uint8Array((LAST_PLACE + 1) / 8);
  for (const { bare } of writings) {
    let place = 0;
    for (let at = 0; at < bare.length; at += 1) {
      place = ((place << 4) ^ (SPREAD[bare.charCodeAt(at)] as number)) & LAST_PLACE;
      if (at % STEP === STEP - 1) places[place >> 3] = (places[place >> 3] as number) | (1 << (place & 7));
    }
  }
  const found = { writings, places, raw: secrets.flatMap(rawPieces) };
  traces.set(ssecKey, found);
  return found;
}

/**
 * Are there three places in a row that the writings have? Of a thousand heads without a key, one or two look so. A place
 * is made of the last four letters: with each that comes, all go up by four bits, and the oldest falls out.
 */
function mayHold(text: string, { places }: Traces): boolean {
  let place = 0;
  /** A bit for each letter, the last one lowest: did a place end there that the writings have? */
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const spread = code < 128 ? (SPREAD[code] as number) : 0;
    if (spread === 0) continue;
    place = ((place << 4) ^ spread) & LAST_PLACE;
    seen = (seen << 1) | (((places[place >> 3] as number) >> (place & 7)) & 1);
    if ((seen & THREE) === THREE) return true;
  }
  return false;
}

const LAST_PLACE = 2 ** 16 - 1;
const THREE = 1 | (1 << STEP) | (1 << (2 * STEP));

/** Code of a character → the bits of its letter or digit in a place, well spread, either case alike; 0 for what does not count. */
const SPREAD = Uint16Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return /[0-9a-z]/.test(letter) ? Math.imul(letter.charCodeAt(0), 0x9e3779b1) >>> 16 : 0;
});

/** Is a piece of a writing among the letters and digits of a text? */
function holds(bare: string, { writings }: Traces): boolean {
  for (const writing of writings)
    for (let at = 0; at + writing.piece <= writing.bare.length; at += STEP)
      if (bare.includes(writing.bare.slice(at, at + writing.piece))) return true;
  return false;
}

/** The letters and digits of a text, in lower case. Letters beyond ASCII do not count, whatever they are in lower case. */
function bareText(text: string): string {
  return text.replace(/[^0-9A-Za-z]+/g, '').toLowerCase();
}

function rawPieces(bytes: Buffer): readonly string[] {
  const pieces = [bytes.toString('utf8')];
  for (let at = 0; at + RAW_PIECE <= bytes.length; at += STEP)
    pieces.push(bytes.toString('latin1', at, at + RAW_PIECE));
  return pieces;
}

const LAST_USUAL = 0x7e;
const HEX_DIGIT = /[0-9A-Fa-f]/;
/** Which of the characters up to the last usual one are of no usual text, or may begin an escape. */
const WHOLE_LOOK = Uint8Array.from({ length: LAST_USUAL + 1 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return Number(ESCAPES.test(letter) || UNUSUAL.test(letter));
});

const ESCAPE =
  /%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});|=([0-9a-f]{2})|&#([0-9]{1,7});|\\([0-3][0-7]{2})|&(amp);/gi;

/** The text, and the text with the escapes of URLs, XML, JSON, C and mails decoded, repeatedly. */
function unescaped(text: string): readonly string[] {
  const looks = [text];
  for (let depth = 0; depth < ESCAPES_DEEP; depth += 1) {
    const look = looks.at(-1) ?? '';
    const next = look.replace(ESCAPE, meant);
    if (next === look) break;
    looks.push(next);
  }
  return looks;
}

function meant(whole: string, ...groups: readonly unknown[]): string {
  const [percent, unicode, braced, byte, hex, quoted, decimal, octal, amp] = groups as (string | undefined)[];
  if (amp !== undefined) return '&';
  const digits = percent ?? unicode ?? braced ?? byte ?? hex ?? quoted;
  const code =
    digits !== undefined
      ? Number.parseInt(digits, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
