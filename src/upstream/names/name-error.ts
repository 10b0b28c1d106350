/** As getaddrinfo has them: there is no such name (or it has no address), or it can't be told now. */
export type NameCode = 'ENOTFOUND' | 'EAI_AGAIN';

/** A name that has no address, as Node's own resolver reports it, and why. */
export class NameError extends Error {
  override readonly name = 'NameError';
  readonly code: NameCode;
  readonly syscall = 'getaddrinfo';
  readonly hostname: string;

  constructor(code: NameCode, hostname: string, why: string, options?: ErrorOptions) {
    super(`getaddrinfo ${code} ${hostname}: ${why}`, options);
    this.code = code;
    this.hostname = hostname;
  }
}
