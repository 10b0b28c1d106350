import { isIP } from 'node:net';

/**
 * May an address without a token, over plain HTTP, answer a request with this Host? A page of another site can have its own name
 * point here ("DNS rebinding"); its browser then takes what is here for that site's, and lets the page read it. So a name passes
 * only if nobody can register it for that. A browser never leaves out the Host.
 * @param own the host in `admin.address`
 */
export function mayAskAs(host: string | undefined, own: string): boolean {
  if (host === undefined || host === '') return true;
  const [, bracketed, plain = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain.toLowerCase().replace(/\.$/, '');
  if (name === '') return false;
  return isIP(name) === 4 || name === own.toLowerCase() || !name.includes('.') || PRIVATE.test(name);
}

/** "localhost." and "internal." are reserved, and the others are names of Services in Kubernetes. */
const PRIVATE = /\.(?:localhost|internal|svc|svc\.cluster\.local)$/;
