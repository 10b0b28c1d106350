import type { SseKey } from '../../src/keys/key.ts';

/** Ways in which a store, a library or a balancer before it may write bytes in a text. */
const WRITINGS: Readonly<Record<string, (bytes: Buffer) => string>> = {
  base64: (bytes) => bytes.toString('base64'),
  'base64 without padding': (bytes) => bytes.toString('base64').replace(/=+$/, ''),
  base64url: (bytes) => bytes.toString('base64url'),
  'base64 in lines': (bytes) => bytes.toString('base64').replaceAll(/.{8}/g, '$&\n'),
  'base64 in a URL': (bytes) => encodeURIComponent(bytes.toString('base64')),
  'base64 in a URL in a URL': (bytes) => encodeURIComponent(encodeURIComponent(bytes.toString('base64'))),
  'base64 with every character escaped': (bytes) => percent(Buffer.from(bytes.toString('base64'))),
  'base64 in references': (bytes) =>
    [...Buffer.from(bytes.toString('base64'))].map((letter) => `&#x${letter.toString(16)};`).join(''),
  'base64 in JSON': (bytes) =>
    bytes.toString('base64').replaceAll('/', '\\/').replaceAll('+', '\\u002b').replaceAll('=', '\\u003d'),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  'hex with colons': (bytes) => pairs(bytes).join(':'),
  'hex with spaces': (bytes) => pairs(bytes).join(' '),
  'hex of the base64, as in CanonicalRequestBytes': (bytes) =>
    pairs(Buffer.from(bytes.toString('base64'))).join(' '),
  'percent-encoded bytes': percent,
  'a list of numbers': (bytes) => `[${[...bytes].join(', ')}]`,
  'JSON of a Buffer': (bytes) => JSON.stringify(bytes),
  'most of the base64': (bytes) => bytes.toString('base64').slice(1, -2),
};

/** How each is called → the key, or its MD5, written so. */
export function writingsOf(ssecKey: SseKey): readonly (readonly [name: string, text: string])[] {
  return Object.entries(WRITINGS).flatMap(([name, write]) =>
    (['base64', 'md5'] as const).map(
      (what) =>
        [
          `${what === 'md5' ? 'the MD5' : 'the key'} as ${name}`,
          write(Buffer.from(ssecKey[what], 'base64')),
        ] as const,
    ),
  );
}

const PIECE = 16;
const pieces = new WeakMap<SseKey, ReadonlyMap<string, string>>();

/**
 * Does a text show one of the writings, whole or by a piece of 16 characters in a row? Looked at as it stands, without
 * references, and with nothing but letters and digits; none of it is the code under test.
 */
export function shows(text: string, ssecKey: SseKey): string | undefined {
  const plain = text.replaceAll(/&#x([0-9a-f]+);/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const known = pieces.get(ssecKey) ?? piecesOf(ssecKey);
  pieces.set(ssecKey, known);
  for (const look of new Set([text, plain, bare(text), bare(plain)])) {
    for (let at = 0; at + PIECE <= look.length; at += 1) {
      const writing = known.get(look.slice(at, at + PIECE));
      if (writing !== undefined) return `${writing}: ${look.slice(at, at + PIECE)}`;
    }
  }
  return undefined;
}

function piecesOf(ssecKey: SseKey): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, written] of writingsOf(ssecKey)) {
    for (const writing of [written, bare(written)]) {
      for (let at = 0; at + PIECE <= writing.length; at += 1) {
        const piece = writing.slice(at, at + PIECE);
        // Five escapes of one letter are not particular to a key.
        if (new Set(piece).size > 6) found.set(piece, name);
      }
    }
  }
  return found;
}

function bare(text: string): string {
  return text.replaceAll(/[^0-9A-Za-z]/g, '');
}

function pairs(bytes: Buffer): string[] {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
}

function percent(bytes: Buffer): string {
  return pairs(bytes)
    .map((pair) => `%${pair}`)
    .join('');
}
