import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../client.ts';
import { BUCKETS, DOMAIN } from '../../proxy.ts';

/** The SDK's log goes to standard output, which is the dialogue's. */
const QUIET = '-Dlog4j2.level=OFF';

/** Starts a class of the Java project. The SDK checks certificates with what its own config names. */
export async function javaCommand({ folder, program }: Target, main: string): Promise<readonly string[]> {
  const hosts = join(folder, 'hosts');
  // Names below localhost are loopback addresses (RFC 6761, 6.3); Java asks the C library, or a file in place of it.
  const names = ['localhost', DOMAIN, ...Object.values(BUCKETS).map((bucket) => `${bucket}.${DOMAIN}`)];
  await writeFile(hosts, names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  const options = ['-Xmx512m', '-XX:TieredStopAtLevel=1', `-Djdk.net.hosts.file=${hosts}`, QUIET];
  return ['java', ...options, '-cp', `${program}/classes:${program}/dependency/*`, main];
}
