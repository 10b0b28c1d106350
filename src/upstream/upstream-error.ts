/**
 * How an exchange with the store ends without an answer, or in the middle of one:
 * - `client-left`: nobody waits for the answer, and nothing was written
 * - `busy`, `outage`: there was no connection for it; nothing was sent
 * - `unreachable`, `connect-timeout`: there is no connection; nothing was sent
 * - `reset`: the store ended the connection
 * - `silent`: the store let a deadline pass
 * - `malformed`: what came does not answer what was sent
 */
export type UpstreamFault =
  | 'client-left'
  | 'busy'
  | 'outage'
  | 'connect-timeout'
  | 'unreachable'
  | 'reset'
  | 'silent'
  | 'malformed';

const CONNECTING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

/** The process has no file descriptor left, which says nothing of the store. */
const OTHERS: Readonly<Record<string, UpstreamFault>> = { EMFILE: 'busy', ENFILE: 'busy' };

/** Codes of Node's parser of HTTP begin so. */
function faultOf(code: string): UpstreamFault {
  return code.startsWith('HPE_') ? 'malformed' : 'reset';
}

/** What OpenSSL has against a certificate: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/ */
const OF_CERTIFICATE =
  /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH/;

/** A certificate of an authority that is not known here. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const TRUST = 'the option ca of the upstream has to have the authority that signed it';

export type LatePhase = 'connect' | 'headers' | 'idle' | 'document' | 'late';

/** Which time of the store was over, if that is why a request failed. */
export function lateIn(error: unknown): LatePhase | undefined {
  return faultIn(error)?.late;
}

/** What went wrong with the store, if that is why a request failed. */
export function faultIn(error: unknown): UpstreamError | undefined {
  const cause = error instanceof UpstreamError ? error : (error as Error | undefined)?.cause;
  return cause instanceof UpstreamError ? cause : undefined;
}

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;
  /** Whose time was over, as `upstream.timeouts` has it. */
  readonly late: LatePhase | undefined;
  /** Nothing of the body was taken, so that it can be sent to another connection as if nothing had been. */
  untouched = false;

  constructor(
    fault: UpstreamFault,
    message: string,
    { late, ...options }: ErrorOptions & { readonly late?: LatePhase } = {},
  ) {
    super(message, options);
    this.fault = fault;
    this.late = late;
  }

  /** Sorts an error of the socket or of TLS; a wrong certificate counts as unreachable. */
  static from(error: unknown): UpstreamError {
    if (error instanceof UpstreamError) return error;
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
    const said = error instanceof Error ? error.message : String(error);
    // Node's advice is a switch that the proxy does not have.
    const message = UNTRUSTED.has(code) ? `${said.split(';', 1)[0]}; ${TRUST}` : said;
    const tls = code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || OF_CERTIFICATE.test(code);
    const fault = CONNECTING.has(code) || tls ? 'unreachable' : (OTHERS[code] ?? faultOf(code));
    return new UpstreamError(fault, `${code} ${message}`.trim(), { cause: error });
  }
}

export function clientLeft(): UpstreamError {
  return new UpstreamError('client-left', 'the client left');
}
