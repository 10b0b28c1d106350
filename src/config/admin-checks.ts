import { isLoopback, parseAddress } from './address.ts';
import type { Report } from './problem.ts';
import type { Salvaged } from './salvage.ts';
import type { Config } from './schema.ts';

/** The admin address: a token is not sent where others can read it, and /debug is not for everybody. */
export function checkAdmin({ admin }: Salvaged<Config>, report: Report): void {
  if (admin?.address === undefined) return;
  if (admin.address === 'off') {
    for (const name of ['tls', 'token', 'debug', 'open'] as const)
      if (admin[name]) report.warn(['admin', name], 'has no effect with address: off', 'remove it');
    return;
  }
  const address = parseAddress(admin.address);
  // A broken `tls` or `token` has been reported, and is present.
  const guarded = 'token' in admin || (admin.tls !== undefined && 'clientCa' in admin.tls);
  if (admin.debug === true && !guarded && !('tls' in admin && admin.tls === undefined))
    report.error(
      ['admin', 'debug'],
      'profiles are not for everybody who reaches the address',
      'add admin.token, or admin.tls.clientCa',
    );
  if ('token' in admin && !('tls' in admin) && address && !isLoopback(address.host))
    report.error(
      ['admin', 'token'],
      'a token over plain HTTP on an address that is not loopback: anyone on the network path can read it',
      'add admin.tls: { cert, key }, or listen at 127.0.0.1',
    );
  const exposed = address !== undefined && !isLoopback(address.host);
  if (exposed && !guarded && !('tls' in admin && admin.tls === undefined) && admin.open === false)
    report.warn(
      ['admin', 'address'],
      'everybody who reaches the address sees the names of buckets, clients and keys',
      'add admin.token and admin.tls, or admin.open: true if the network lets in only those who may',
    );
  if (admin.open === true && (guarded || (address && !exposed)))
    report.warn(
      ['admin', 'open'],
      `has no effect ${guarded ? 'with a token or authorities' : 'at an address of loopback'}`,
      'remove it',
    );
}
