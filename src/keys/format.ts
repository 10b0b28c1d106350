import { fingerprintOf, SSEC_KEY_BYTES } from './key.ts';

/** How a key file holds its 32 bytes. `velero`: the first 32 bytes of any file, as Velero's plugin reads it. */
export const KEY_FORMATS = ['raw', 'base64', 'hex', 'velero'] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];

export type KeyReading =
  | { readonly kind: 'key'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly message: string; readonly fix: string };

const MAKE_ONE = 'make a key with "ssec-proxy keygen FILE"';

/**
 * The 32 bytes of an SSE-C key out of a key file. Without a format only a file of exactly 32 bytes is taken, as raw:
 * 44 bytes of base64 may just as well be meant as Velero reads them, and a wrong guess makes objects unreadable.
 */
export function parseKeyFile(content: Uint8Array, format: KeyFormat | undefined): KeyReading {
  const bytes = DECODERS[format ?? 'raw'](content);
  if (bytes === undefined) {
    const message = `${content.length} bytes are not a key: ${EXPECTED[format ?? 'none']}`;
    return { kind: 'refused', message, fix: fixOf(content, format) };
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    const message = `all ${SSEC_KEY_BYTES} bytes of the key are the same, which is no secret`;
    return { kind: 'refused', message, fix: MAKE_ONE };
  }
  return { kind: 'key', bytes };
}

const EXPECTED: Readonly<Record<KeyFormat | 'none', string>> = {
  none: `without a format a key has exactly ${SSEC_KEY_BYTES}, raw`,
  raw: `a raw key has exactly ${SSEC_KEY_BYTES}`,
  base64: `format base64 takes the 44 characters of ${SSEC_KEY_BYTES} bytes and at most one newline`,
  hex: 'format hex takes 64 hex digits and at most one newline',
  velero: `format velero takes the first ${SSEC_KEY_BYTES}`,
};

const DECODERS: Readonly<Record<KeyFormat, (content: Uint8Array) => Uint8Array | undefined>> = {
  raw: (content) => (content.length === SSEC_KEY_BYTES ? content : undefined),
  base64: (content) => {
    const text = textOf(content);
    const bytes = Buffer.from(text, 'base64');
    // Buffer skips what is not base64, so only a text that comes out again unchanged was base64.
    return bytes.length === SSEC_KEY_BYTES && bytes.toString('base64') === text ? bytes : undefined;
  },
  hex: (content) => {
    const text = textOf(content);
    return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;
  },
  velero: (content) => (content.length >= SSEC_KEY_BYTES ? content.subarray(0, SSEC_KEY_BYTES) : undefined),
};

/** Which formats would give a key, with the fingerprint under each, so that the right one can be told. */
function fixOf(content: Uint8Array, stated: KeyFormat | undefined): string {
  if (content.length === SSEC_KEY_BYTES + 1 && content.at(-1) === 0x0a) {
    return `the last byte is a newline: if the ${SSEC_KEY_BYTES} before it are the key, leave it out`;
  }
  const readings = KEY_FORMATS.flatMap((format) => {
    const bytes = format === stated ? undefined : DECODERS[format](content);
    return bytes === undefined ? [] : [`format: ${format} (fingerprint ${fingerprintOf(bytes)})`];
  });
  return readings.length === 0 ? MAKE_ONE : `say which is meant: ${readings.join(' or ')}`;
}

/** Editors and `echo` put one newline behind a text; anything more is not cut. */
function textOf(content: Uint8Array): string {
  return Buffer.from(content).toString('latin1').replace(/\n$/, '');
}
