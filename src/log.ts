import { type Logger as Pino, pino } from 'pino';
import type { LineBytes } from './line-bytes.ts';
import { type RequestFields, type RequestLevel, requestBytes, timeNow } from './log-line.ts';
import { requestS3 } from './log-s3.ts';
import { lineText, requestText } from './log-text.ts';

/** JSON lines for machines. */
export interface Logger extends Pino {
  /** The one line of a request. */
  request(level: RequestLevel, fields: RequestFields): void;
  /** How lines look from now on, and which part of the requests that were served has one. */
  dress(format: LogFormat | undefined, sample?: number): void;
}

/** `s3`: requests as in S3's server access logs, and all else in JSON. */
export type LogFormat = 'json' | 'text' | 's3';

/** Where lines go, each with its line end. */
interface Lines {
  write(line: string): void;
  /** One in bytes, which the next one may change. */
  writeBytes?(line: LineBytes): void;
}

/** Header fields and properties whose values are secret or fingerprint a key, down to the depth of `req.headers`. */
const SECRETS = [
  'authorization',
  'secretAccessKey',
  'x-amz-security-token',
  'x-obs-security-token',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
  'x-amz-copy-source-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key-md5',
  'x-obs-server-side-encryption-customer-key',
  'x-obs-server-side-encryption-customer-key-md5',
  'x-obs-copy-source-server-side-encryption-customer-key',
  'x-obs-copy-source-server-side-encryption-customer-key-md5',
  'x-goog-encryption-key',
  'x-goog-encryption-key-sha256',
  'x-goog-copy-source-encryption-key',
  'x-goog-copy-source-encryption-key-sha256',
];

/**
 * Keys and secrets are objects that cannot print; `redact` is the second defence, for the headers that contain them.
 * Its wildcards cost more than all else that a line costs, so that the line of a request does without: its fields are a
 * fixed set, and none of them has a secret.
 */
export function makeLog(level: string, destination: Lines): Logger {
  const options = {
    level,
    base: null,
    // In words, as the config has them.
    formatters: { level: (word: string) => ({ level: word }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
  };
  let format: LogFormat = 'json';
  let sample = 1;
  const write = (line: string): void => destination.write(format === 'text' ? lineText(line) : line);
  const log = pino(options, { write });
  return Object.assign(log, {
    request: (of: RequestLevel, fields: RequestFields) => {
      if (!log.isLevelEnabled(of)) return;
      if (sample < 1 && fields.outcome === 'served' && Math.random() >= sample) return;
      if (format === 'json') {
        const line = requestBytes(of, fields);
        if (destination.writeBytes) destination.writeBytes(line);
        else destination.write(line.toString());
      } else if (format === 's3') destination.write(requestS3(new Date(), fields));
      else destination.write(requestText(of, timeNow(), fields));
    },
    dress: (next: LogFormat | undefined, part = 1) => {
      format = next ?? format;
      sample = part;
    },
  });
}
