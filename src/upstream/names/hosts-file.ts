import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** The addresses of each name, in the order of the file. Names in lower case. */
export type Hosts = ReadonlyMap<string, readonly LookupAddress[]>;

/** One name does not get more addresses than this: each of them may be tried. */
const MAX_ADDRESSES = 64;

/**
 * Reads a hosts file as hosts(5) describes it: `address name alias…`, separated by blanks or tabs, `#` begins a comment.
 * A name that is in several lines has the addresses of all of them, as glibc reads it (`multi on`).
 */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = wordsOf(line.split('#', 1)[0] ?? '');
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names) add(hosts, name.toLowerCase(), { address, family });
  }
  return hosts;
}

/** The words of a line of such a file. */
export function wordsOf(line: string): string[] {
  return line.split(/[ \t\r\f\v]/).filter((word) => word !== '');
}

function add(hosts: Map<string, LookupAddress[]>, name: string, entry: LookupAddress): void {
  const known = hosts.get(name);
  if (!known) hosts.set(name, [entry]);
  else if (known.length < MAX_ADDRESSES && !known.some(({ address }) => address === entry.address))
    known.push(entry);
}
