import { type KeyFormat, type KeyReading, parseKeyFile } from './format.ts';
import { SseKey } from './key.ts';

/** The config of one key. */
export interface KeySpec {
  readonly id: string;
  readonly format?: KeyFormat | undefined;
  /** 32 hex digits in either case. */
  readonly fingerprint?: string | undefined;
}

export type KeyFileResult =
  | { readonly kind: 'key'; readonly ssecKey: SseKey }
  | Extract<KeyReading, { kind: 'refused' }>;

/** The SSE-C key in the bytes of a key file; refused when its fingerprint is not the one in the config. */
export function keyFromFile(spec: KeySpec, content: Uint8Array): KeyFileResult {
  const reading = parseKeyFile(content, spec.format);
  if (reading.kind === 'refused') return reading;
  const ssecKey = new SseKey(spec.id, reading.bytes);
  if (spec.fingerprint !== undefined && spec.fingerprint.toLowerCase() !== ssecKey.fingerprint) {
    return {
      kind: 'refused',
      message: `the key's fingerprint is ${ssecKey.fingerprint}, not the one in the config`,
      fix: 'check the key and its format; if both are right, put this fingerprint into the config',
    };
  }
  return { kind: 'key', ssecKey };
}
