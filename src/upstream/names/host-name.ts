import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { NameError } from './name-error.ts';

/**
 * The name in lower case and in ASCII, and an IPv4 address in its usual form.
 * @throws NameError when no name can look like this
 */
export function canonicalName(name: string): string {
  if (isIP(name) !== 0) return name;
  const ascii = name.length > MAX_NAME ? '' : domainToASCII(name);
  if (!isName(ascii.endsWith('.') ? ascii.slice(0, -1) : ascii))
    throw new NameError('ENOTFOUND', name.slice(0, MAX_NAME), 'this is not a host name');
  return ascii;
}

/** RFC 1035, 2.3.4: 63 octets in a label, 255 in a name, which are 253 characters. A dot may follow. */
const MAX_NAME = 254;

/** Has it labels and a length that DNS can carry? Without a dot at its end. */
export function isName(name: string): boolean {
  return name.length < MAX_NAME && name.split('.').every(({ length }) => length > 0 && length <= 63);
}

/** RFC 6761, 6.3: such names "SHOULD [be] recognize[d] […] as special, and SHOULD always return the IP loopback address". */
export function isLocalhost(name: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(name);
}
