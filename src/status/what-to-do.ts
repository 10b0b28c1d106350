import { UNAUDITED } from '../audit-log.ts';
import type { Failure } from './facts.ts';

/**
 * What helps against a failure: by the cause where the code that the client got has several, else by that code; undefined
 * where only the cause can say it.
 */
export function whatToDo({ code = '', outcome, cause = '' }: Failure): string | undefined {
  const [, known] = BY_CAUSE.find(([begins]) => cause.startsWith(begins)) ?? [];
  return known ?? BY_CODE[code] ?? BY_OUTCOME[outcome];
}

const BY_CAUSE: readonly (readonly [begins: string, what: string])[] = [
  [UNAUDITED, 'Make the audit log writable again: see the part audit above.'],
  ['limits.', 'A limit of the clients is reached: see the limits above.'],
  ['The proxy waits for a key of ', 'A key is not available: see the part keys above.'],
  ['No key of ', 'No key of this rule writes yet: see the keys of the config.'],
];

const BY_CODE: Readonly<Record<string, string>> = {
  AccessDenied:
    'Ask below what the config says of this object and client: the answer names the rule or the grant that is missing.',
  ClientLeft:
    'The client gave up. If many do, the store is slow, or their timeout is shorter than its answers take.',
  Drained: 'The proxy was stopped before the request was done. A longer drain gives it more time.',
  EntityTooLarge: 'Send a smaller body, or in parts.',
  InternalError: 'The log has the cause.',
  InvalidAccessKeyId: 'The config has no client with this access key id: check the one of the client.',
  MissingSecurityHeader: 'The request is not signed: give the client credentials.',
  RequestTimeTooSkewed: 'Set the clock of the client, or of this host.',
  ServiceUnavailable: 'The store could not be used: see the stores above.',
  SignatureDoesNotMatch:
    'The client and the config have different secrets, or something between them changes requests.',
  SlowDown:
    'All connections to the store are in use, or it cannot be reached: see the stores and limits above.',
  Truncated: 'The answer broke off: look at the log of the store at this time.',
};

const BY_OUTCOME: Readonly<Record<string, string>> = {
  left: 'The client gave up. If many do, the store is slow, or their timeout is shorter than its answers take.',
  cut: 'The answer broke off: look at the log of the store at this time.',
};
