import { createHash } from 'node:crypto';
import { escapeXml } from '../../src/s3/xml.ts';

/** Long enough that nothing holds one by chance, and short enough that a cut secret is found. */
const PIECE = 12;

/** Something that must not be printed, by a name that may. */
export interface Guarded {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Looks for secrets in a text: in each way of writing them, whole and in pieces, and for their MD5. */
export class LeakSearch {
  /** Piece → the name of what it is a piece of. */
  readonly #pieces = new Map<string, string>();

  constructor(guarded: readonly Guarded[]) {
    for (const { name, bytes } of guarded) {
      for (const [form, text] of Object.entries(formsOf(bytes)))
        for (const piece of piecesOf(text)) this.#pieces.set(piece, `${name} as ${form}`);
    }
  }

  /** What was found, each once. */
  find(text: string): string[] {
    const found = new Set<string>();
    for (let start = 0; start + PIECE <= text.length; start += 1) {
      const name = this.#pieces.get(text.slice(start, start + PIECE));
      if (name !== undefined) found.add(name);
    }
    return [...found];
  }
}

export function formsOf(bytes: Buffer): Readonly<Record<string, string>> {
  const md5 = createHash('md5').update(bytes).digest();
  return { ...encodings(bytes, ''), ...encodings(md5, 'MD5 in ') };
}

function encodings(bytes: Buffer, prefix: string): Record<string, string> {
  const base64 = bytes.toString('base64');
  const hex = bytes.toString('hex');
  const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const text = bytes.toString('utf8');
  const forms = {
    'latin1 text': bytes.toString('latin1'),
    'UTF-8 text': text,
    'JSON text': JSON.stringify(text).slice(1, -1),
    'XML text': escapeXml(text),
    base64,
    'base64 in an URL': encodeURIComponent(base64),
    'base64 behind one byte': shifted(bytes, 1),
    'base64 behind two bytes': shifted(bytes, 2),
    base64url: bytes.toString('base64url'),
    hex,
    'upper-case hex': hex.toUpperCase(),
    percent,
    'upper-case percent': percent.toUpperCase(),
  };
  return Object.fromEntries(Object.entries(forms).map(([form, value]) => [prefix + form, value]));
}

/** As it stands in base64 when something is in front of it, without the letters that are shared with that. */
function shifted(bytes: Buffer, by: number): string {
  return Buffer.concat([Buffer.alloc(by), bytes])
    .toString('base64')
    .slice(4, -4);
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, start) =>
    text.slice(start, start + PIECE),
  );
}
