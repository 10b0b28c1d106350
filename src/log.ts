import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

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
 * JSON lines for machines. Keys and secrets are objects that cannot print; `redact` is the second defence, for the
 * headers that contain them.
 */
export function makeLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
      censor: '[redacted]',
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * The log of what is said before the proxy serves. Each line is written before the next statement, so that the last line
 * of a process that gives up stands last: the usual log would write it before those that still wait.
 */
export function makeStartLog(level: string, unwritable: (error: Error) => void): Logger {
  return makeLog(level, pino.destination({ fd: 1, sync: true }).on('error', unwritable));
}
