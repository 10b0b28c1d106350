import type { Socket } from 'node:net';
import { type ProxyHeader, parseProxyHeader } from './proxy-header.ts';
import { noteRemote } from './remote.ts';
import { isTrusted } from './trusted.ts';

/** What stands in front of a listener and is believed when it says for whom it speaks. */
export interface Front {
  /** Each connection begins with a header of the PROXY protocol. */
  readonly proxyProtocol: boolean;
  /** `X-Forwarded-For` is read. */
  readonly forwardedFor: boolean;
  /** Networks, as "10.0.0.0/8". */
  readonly trusted: readonly string[];
}

/** Why a connection with the PROXY protocol was closed. `cut`: it ended in its header. */
export type FrontFault = 'untrusted' | 'malformed' | 'cut';

/**
 * Takes the header of the PROXY protocol off a connection and keeps the address in it, then hands the connection on. One
 * from an address that is not trusted is closed: it can't be served by its own address, since what it sends looks the
 * same. How long the header may take is for those who wait for the handshake or for the first head.
 * @param refused why nothing came of it
 */
export function takeProxyHeader(
  raw: Socket,
  { trusted }: Front,
  { taken, refused }: { readonly taken: () => void; readonly refused: (fault: FrontFault) => void },
): void {
  const end = (fault?: FrontFault): void => {
    raw.off('readable', read).off('end', cut);
    if (fault) refused(fault);
    raw.destroy();
  };
  const { remoteAddress } = raw;
  let held: Buffer = Buffer.alloc(0);
  const cut = (): void => end(held.length > 0 ? 'cut' : undefined);
  const read = (): void => {
    const bytes = raw.read() as Buffer | null;
    if (bytes === null || raw.writableEnded) return;
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const header: ProxyHeader = parseProxyHeader(held);
    if (header.kind === 'malformed') end('malformed');
    if (header.kind !== 'whole') return;
    raw.off('readable', read).off('end', cut);
    if (header.address !== undefined) noteRemote(raw, header.address);
    if (held.length > header.length) raw.unshift(held.subarray(header.length));
    taken();
  };
  raw.on('error', ignore);
  // A unix socket is opened by those to whom its mode gives it.
  if (remoteAddress !== undefined && !isTrusted(remoteAddress, trusted)) end('untrusted');
  else raw.on('readable', read).on('end', cut);
}

function ignore(): void {}
