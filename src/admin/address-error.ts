/** The admin address can't be listened at. It has the code of the system's error. */
export class AdminAddressError extends Error {
  override readonly name = 'AdminAddressError';
  readonly code: string;

  constructor(
    { host, port }: { readonly host: string; readonly port: number },
    cause: NodeJS.ErrnoException,
  ) {
    const { code = 'an unknown error' } = cause;
    const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    super(
      `admin.address: can't listen at ${place}: ${WHY[code] ?? code}; or set admin: off, which does without probes and metrics`,
      { cause },
    );
    this.code = code;
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'another program, or another ssec-proxy, has this port (EADDRINUSE). End it, or choose another port',
  EACCES: 'this user may not use the port (EACCES). Choose one above 1023',
  EADDRNOTAVAIL: 'this machine does not have the address (EADDRNOTAVAIL). Choose one that it has, or 0.0.0.0',
};
