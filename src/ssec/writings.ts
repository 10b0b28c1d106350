/** The bytes as some program writes them. */
export interface Writing {
  /** In letters and digits alone, in lower case. */
  readonly bare: string;
  /** How many of them in a row count as a part of the secret. */
  readonly piece: number;
}

/** No text has twelve of them by chance: 36 letters and digits make more than 10^18 such pieces. */
const PIECE = 12;
/** Digits alone have fewer pieces: 10^20. */
const PIECE_OF_DIGITS = 20;
const PIECE_OF_BITS = 64;

/**
 * What programs make of bytes that they show: base64 and base32 wherever the bytes begin in what is encoded, hex, lists
 * of decimal, octal and binary numbers, one large number; and base64 and hex once more in base64, in hex
 * (`StringToSignBytes`) and as a list of decimal numbers.
 */
export function writingsOf(bytes: Buffer): readonly Writing[] {
  const base64 = bytes.toString('base64');
  const hex = bytes.toString('hex');
  const again = [base64, hex, hex.toUpperCase()].map((text) => Buffer.from(text, 'latin1'));
  const letters = [
    hex,
    ...again.map((text) => text.toString('hex')),
    ...[bytes, ...again].flatMap(base64At),
    ...base32At(bytes),
    reversed(hex),
    bareBase64(reversed(base64)),
  ];
  const digits = [bytes, ...again.slice(0, 2)].flatMap((list) => [list.join(''), padded(list, DECIMAL)]);
  const numbers = [...digits, octal(bytes), padded(bytes, OCTAL), BigInt(`0x${hex}`).toString()];
  return [
    ...letters.map((bare) => ({ bare, piece: PIECE })),
    ...numbers.map((bare) => ({ bare, piece: PIECE_OF_DIGITS })),
    { bare: padded(bytes, BINARY), piece: PIECE_OF_BITS },
  ];
}

/** At its three alignments: with no, one and two bytes before. Only letters in which nothing else has a part. */
function base64At(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([NOTHING.subarray(0, before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    return bareBase64(text.slice(from, Math.floor(((before + bytes.length) * 8) / 6)));
  });
}

const NOTHING = Buffer.alloc(2);

/** Letters of either case are one here, and the two that are written in several ways do not count. */
function bareBase64(text: string): string {
  return text.replace(/[+/=]/g, '').toLowerCase();
}

const BASE32 = Buffer.from('abcdefghijklmnopqrstuvwxyz234567', 'latin1');

/** https://www.rfc-editor.org/rfc/rfc4648#section-6 at its five alignments. */
function base32At(bytes: Buffer): readonly string[] {
  const letters = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  return [0, 1, 2, 3, 4].map((skipped) => {
    let length = 0;
    let bits = -skipped;
    let held = 0;
    for (const byte of bytes) {
      held = ((held << 8) | byte) & 0xffff;
      for (bits += 8; bits >= 5; bits -= 5) {
        letters[length] = BASE32[(held >> (bits - 5)) & 31] as number;
        length += 1;
      }
    }
    return letters.toString('latin1', 0, length);
  });
}

const [DECIMAL, OCTAL, BINARY] = [10, 8, 2].map((radix) => {
  const width = (255).toString(radix).length;
  return Array.from({ length: 256 }, (_, byte) => byte.toString(radix).padStart(width, '0'));
}) as [string[], string[], string[]];

function padded(bytes: Buffer, table: readonly string[]): string {
  let text = '';
  for (const byte of bytes) text += table[byte];
  return text;
}

function octal(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(8);
  return text;
}

function reversed(text: string): string {
  return Buffer.from(Buffer.from(text, 'latin1').toReversed()).toString('latin1');
}
