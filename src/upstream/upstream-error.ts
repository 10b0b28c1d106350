/** A failure between the proxy and the store, before a response. */
export type UpstreamFault = 'client-left' | 'connect-timeout' | 'unreachable' | 'reset' | 'silent';

const CONNECTING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly fault: UpstreamFault;

  constructor(fault: UpstreamFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }

  /** Sorts an error of the socket or of TLS; a wrong certificate counts as unreachable. */
  static from(error: unknown): UpstreamError {
    if (error instanceof UpstreamError) return error;
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
    const message = error instanceof Error ? error.message : String(error);
    const tls =
      code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SELF_SIGNED|ISSUER/.test(code);
    return new UpstreamError(
      CONNECTING.has(code) || tls ? 'unreachable' : 'reset',
      `${code} ${message}`.trim(),
      {
        cause: error,
      },
    );
  }
}
