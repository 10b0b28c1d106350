import { isDeepStrictEqual } from 'node:util';
import { addressesClash, isLoopback, type ListenPlace, parseListenPlace } from './address.ts';
import type { Path, Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** What a listener may be for others than this machine, and whether anybody can use it. */
export function checkListeners({ listen, clients }: Salvaged<Config>, report: Report): void {
  for (const [index, listener] of (listen ?? []).entries()) {
    const place = listener?.address === undefined ? undefined : parseListenPlace(listener.address);
    if (listener === undefined || place === undefined || isLocal(place)) continue;
    const path: Path = ['listen', index];
    if (listener.auth === 'none') {
      report.error([...path, 'auth'], 'auth: none is for loopback addresses only', 'listen at 127.0.0.1');
    }
    // A broken `tls` has been reported; only an absent one means plain HTTP.
    if (!('tls' in listener) && listener.insecure === false) {
      report.error(
        [...path, 'address'],
        place.kind === 'systemd'
          ? 'plain HTTP on a socket that systemd opens, which may be for everybody'
          : 'plain HTTP on an address that is not loopback',
        'add tls: { cert, key }, or insecure: true if nobody can eavesdrop on the network',
      );
    }
  }
  const needsClients = listen?.some((listener) => listener?.auth === 'sigv4') === true;
  if (needsClients && clients?.length === 0) {
    report.error(['clients'], 'there are no clients, so nobody can use a listener with auth: sigv4');
  }
}

/** What only this machine can reach. Where a socket of systemd's is, only its unit says. */
function isLocal(place: ListenPlace): boolean {
  return place.kind === 'unix' || (place.kind === 'address' && isLoopback(place.host));
}

/** No two listen at one address. */
export function checkAddresses({ listen, admin }: Salvaged<Config>, report: Report): void {
  const places = [
    ...(listen ?? []).map((listener, index) => ({
      path: ['listen', index, 'address'],
      text: listener?.address,
    })),
    { path: ['admin', 'address'], text: admin?.address },
  ];
  const taken: { readonly name: string; readonly place: ListenPlace }[] = [];
  for (const { path, text } of places) {
    const place = text === undefined ? undefined : parseListenPlace(text);
    if (place === undefined) continue;
    const other = taken.find((one) => placesClash(one.place, place));
    if (other !== undefined) report.error(path, `${other.name} already has this address`);
    taken.push({ name: `${path[0]}${path[0] === 'listen' ? `[${path[1]}]` : ''}`, place });
  }
}

function placesClash(a: ListenPlace, b: ListenPlace): boolean {
  return a.kind === 'address' && b.kind === 'address' ? addressesClash(a, b) : isDeepStrictEqual(a, b);
}
