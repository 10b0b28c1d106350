import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { type RequestFields, type RequestLevel, requestLine } from './log-line.ts';

/** JSON lines for machines. */
export interface Logger extends Pino {
  /** The one line of a request. */
  request(level: RequestLevel, fields: RequestFields): void;
}

/** Header fields and properties whose values are secret or fingerprint a key, down to the depth of `req.headers`. */
const SECRETS = [
  'authorization',
  'secretAccessKey',
  'x-amz-security-token',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-server-side-encryption-customer-key-md5',
  'x-amz-copy-source-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key-md5',
];

/**
 * Keys and secrets are objects that cannot print; `redact` is the second defence, for the headers that contain them.
 * Its wildcards cost more than all else that a line costs, so that the line of a request does without: its fields are a
 * fixed set, and none of them has a secret.
 */
export function makeLog(level: string, destination: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    // In words, as the config has them.
    formatters: { level: (level: string) => ({ level }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
  };
  const log = pino(options, destination);
  return Object.assign(log, {
    request: (of: RequestLevel, fields: RequestFields) => {
      if (log.isLevelEnabled(of)) destination.write(requestLine(of, fields));
    },
  });
}
