import type { SseKey } from '../keys/key.ts';

/** Every way in which an SSE-C key or its MD5 may be written in a text, computed once for each key. */
const forms = new WeakMap<SseKey, readonly string[]>();

/** Does the text hold one of the keys, or the MD5 of one, in any encoding? */
export function holdsKey(text: string, ssecKeys: Iterable<SseKey>): boolean {
  const folded = text.toLowerCase();
  for (const ssecKey of ssecKeys) {
    if (formsOf(ssecKey).some((form) => folded.includes(form))) return true;
  }
  return false;
}

/**
 * In lower case, so that the spelling of hex digits and escapes does not matter: it can only find too much. A base64
 * text is looked for without its padding, which may be escaped or left out.
 */
function formsOf(ssecKey: SseKey): readonly string[] {
  const known = forms.get(ssecKey);
  if (known) return known;
  const computed = [ssecKey.base64, ssecKey.md5].flatMap((base64) => {
    const bytes = Buffer.from(base64, 'base64');
    const bare = base64.replace(/=+$/, '');
    return [
      bare,
      bare.replaceAll('+', '-').replaceAll('/', '_'),
      encodeURIComponent(bare),
      encodeURIComponent(encodeURIComponent(bare)),
      escapeAll(bare),
      bytes.toString('hex'),
      [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      escapeBytes(bytes),
      bytes.toString('latin1'),
      bytes.toString('utf8'),
    ];
  });
  const lower = [...new Set(computed.map((form) => form.toLowerCase()))];
  forms.set(ssecKey, lower);
  return lower;
}

/** As XML and JSON may write the three characters of base64 that are not alphanumeric. */
function escapeAll(base64: string): string {
  return base64.replaceAll('+', '&#43;').replaceAll('/', '&#47;');
}

function escapeBytes(bytes: Buffer): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
