import { Rationed } from '../rationed.ts';

/**
 * Why a client and a listener did not come to terms over TLS. `expired`: so the client says of the listener's certificate.
 * `left`: the client was shown the certificate, and went without a word.
 */
export type TlsFailure =
  | 'untrusted'
  | 'expired'
  | 'old-version'
  | 'plain-http'
  | 'no-shared-cipher'
  | 'client-certificate'
  | 'timeout'
  | 'left'
  | 'reset'
  | 'other';

/** What OpenSSL says, without the version before an alert. Of an unknown authority Go says "bad", and Java "unknown". */
const BY_REASON: Readonly<Record<string, TlsFailure>> = {
  'alert unknown ca': 'untrusted',
  'alert bad certificate': 'untrusted',
  'alert certificate unknown': 'untrusted',
  'alert certificate expired': 'expired',
  'unsupported protocol': 'old-version',
  'version too low': 'old-version',
  'alert protocol version': 'old-version',
  'inappropriate fallback': 'old-version',
  'http request': 'plain-http',
  'https proxy request': 'plain-http',
  'no shared cipher': 'no-shared-cipher',
  'no suitable signature algorithm': 'no-shared-cipher',
  'peer did not return a certificate': 'client-certificate',
  'certificate verify failed': 'client-certificate',
};

/** What to do about each, for the log. */
const REMEDIES: Readonly<Record<TlsFailure, string>> = {
  untrusted:
    'the client does not trust the certificate: give it the CA, or a certificate with the name that it asked for',
  expired: 'the client says that the certificate has expired: renew it, and compare the clocks',
  'old-version': 'the client speaks a version of TLS below 1.2: update it',
  'plain-http': 'the client speaks plain HTTP to a port with TLS: write https:// in its endpoint',
  'no-shared-cipher': "the client has no cipher for this kind of certificate: compare both sides' settings",
  'client-certificate':
    'the client sent no certificate, or one that tls.clientCa did not sign, that has expired, or that is not for clients',
  timeout: 'the handshake took longer than timeouts.handshake',
  left: 'the client was shown the certificate and left without a word: it may not trust it (Node.js says nothing then), or only look whether somebody listens, as health checks do',
  reset: 'the client ended the connection before it was shown the certificate',
  other:
    'what the client sent is not a TLS handshake that can be read; if a load balancer sends a header of the PROXY protocol first, set proxyProtocol',
};

export interface TlsFailureLine {
  readonly reason: TlsFailure;
  readonly remote: string | undefined;
  readonly cause: string;
  /** Failures since the last line that have none. */
  readonly untold?: number;
}

/** Handshakes of clients that failed, of all listeners: counted, and told as far as there is room in the log. */
export class TlsFailures {
  /** Takes a line for the log. */
  tell: (line: TlsFailureLine) => void = () => {};
  readonly #counts = new Map<TlsFailure, number>();
  readonly #lines = new Rationed();
  /** A health check that leaves each time takes no line from another reason. */
  readonly #ofThoseWhoLeft = new Rationed();

  /**
   * @param said a code of OpenSSL's for it
   * @param now in milliseconds, of a clock that only goes on
   */
  add(
    reason: TlsFailure,
    remote: string | undefined,
    { said, now = performance.now() }: { readonly said?: string | undefined; readonly now?: number } = {},
  ): void {
    this.#counts.set(reason, this.count(reason) + 1);
    const room = (reason === 'left' ? this.#ofThoseWhoLeft : this.#lines).take(now);
    if (!room) return;
    const cause = `${REMEDIES[reason]}${said === undefined ? '' : ` (${said})`}`;
    this.tell({ reason, remote, cause, ...room });
  }

  count(reason: TlsFailure): number {
    return this.#counts.get(reason) ?? 0;
  }
}

/** @param reason OpenSSL's */
export function tlsFailureOf(reason: string): TlsFailure {
  const alert = reason.indexOf('alert ');
  const said = alert < 0 ? reason : reason.slice(alert);
  return Object.hasOwn(BY_REASON, said) ? (BY_REASON[said] ?? 'other') : 'other';
}
