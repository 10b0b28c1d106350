import { fingerprintOf, SSEC_KEY_BYTES } from './key.ts';

/** The encoding of the 32 bytes in a key file. `velero`: the first 32 bytes of any file, as Velero's plugin reads it. */
export const KEY_FORMATS = ['raw', 'base64', 'hex', 'velero'] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];

export type KeyReading =
  | { readonly kind: 'key'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly message: string; readonly fix: string };

const MAKE_ONE = 'make a key with "ssec-proxy keygen FILE"';

/**
 * Reads the 32 bytes of an SSE-C key from a key file. Without a format only a file of exactly 32 bytes is accepted, as
 * raw: 44 bytes of base64 may also be meant as Velero reads them, and a wrong guess makes objects unreadable.
 */
export function parseKeyFile(content: Uint8Array, format: KeyFormat | undefined): KeyReading {
  const bytes = DECODERS[format ?? 'raw'](content);
  if (bytes === undefined) {
    const message = `${content.length} bytes are not a key: ${EXPECTED[format ?? 'none']}`;
    return { kind: 'refused', message, fix: fixOf(content, format) };
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    const message = `all ${SSEC_KEY_BYTES} bytes of the key are the same, so it is not a secret`;
    return { kind: 'refused', message, fix: MAKE_ONE };
  }
  return { kind: 'key', bytes };
}

const EXPECTED: Readonly<Record<KeyFormat | 'none', string>> = {
  none: `without a format a key has exactly ${SSEC_KEY_BYTES} raw bytes`,
  raw: `a raw key has exactly ${SSEC_KEY_BYTES} bytes`,
  base64: `format base64 takes the 44 characters of ${SSEC_KEY_BYTES} bytes and at most one newline`,
  hex: 'format hex takes 64 hex digits and at most one newline',
  velero: `format velero takes the first ${SSEC_KEY_BYTES} bytes`,
};

const DECODERS: Readonly<Record<KeyFormat, (content: Uint8Array) => Uint8Array | undefined>> = {
  raw: (content) => (content.length === SSEC_KEY_BYTES ? content : undefined),
  base64: (content) => {
    const text = textOf(content);
    const bytes = Buffer.from(text, 'base64');
    // Buffer skips characters that are not base64, so a text was base64 only if it encodes to itself again.
    return bytes.length === SSEC_KEY_BYTES && bytes.toString('base64') === text ? bytes : undefined;
  },
  hex: (content) => {
    const text = textOf(content);
    return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  },
  velero: (content) => (content.length >= SSEC_KEY_BYTES ? content.subarray(0, SSEC_KEY_BYTES) : undefined),
};

/** The formats that would give a key, with the fingerprint of each, so that the user can choose the right one. */
function fixOf(content: Uint8Array, stated: KeyFormat | undefined): string {
  if (content.length === SSEC_KEY_BYTES + 1 && content.at(-1) === 0x0a) {
    return `the last byte is a newline: if the ${SSEC_KEY_BYTES} before it are the key, remove it`;
  }
  if (isEncodedTwice(content))
    return 'the key is encoded twice: decode it once (base64 --decode) and write the result to the file';
  const readings = KEY_FORMATS.flatMap((format) => {
    const bytes = format === stated ? undefined : DECODERS[format](content);
    return bytes === undefined ? [] : [`format: ${format} (fingerprint ${fingerprintOf(bytes)})`];
  });
  return readings.length === 0 ? MAKE_ONE : `state the right one: ${readings.join(' or ')}`;
}

/** As by `base64` on a file that is base64 already, or on the value of a Secret in Kubernetes. */
function isEncodedTwice(content: Uint8Array): boolean {
  const text = textOf(content);
  const inner = Buffer.from(text, 'base64');
  if (inner.toString('base64') !== text) return false;
  return DECODERS.base64(inner) !== undefined || DECODERS.hex(inner) !== undefined;
}

/** Editors and `echo` append one newline; anything more is not cut. */
function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString('latin1').replace(/\n$/, '');
}
