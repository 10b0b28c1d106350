import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Served } from '../load/served.ts';
import { BUCKET, keyOf, type Stand } from './rotation-stand.ts';
import type { Turn } from './rotation-ways.ts';

/** Under which keys an object may lie that was written then. */
export function keysAt(
  { from, to, begun, ended }: Turn,
  written: { begun: number; ended: number },
): readonly string[] {
  if (written.ended < begun) return [from];
  return written.begun > ended ? [to] : [from, to];
}

/** Asks the store itself: without a key it must refuse, and one of these keys must open. */
export async function checkKey(
  { direct }: Stand,
  path: string,
  ids: readonly string[],
  failures: string[],
): Promise<void> {
  if ((await direct.send('HEAD', path)).status === 200) failures.push(`${path}: readable without a key`);
  for (const id of ids) {
    const { base64, md5 } = keyOf(id);
    const fields = { algorithm: 'AES256', key: base64, 'key-md5': md5 };
    const headers = Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [
        `x-amz-server-side-encryption-customer-${field}`,
        value,
      ]),
    );
    if ((await direct.send('HEAD', path, '', headers)).status === 200) return;
  }
  failures.push(`${path}: not under ${ids.join(' or ')}`);
}

/** What `ssec-proxy verify` has to say against what lies there now. */
export async function verified({ folder }: Stand): Promise<readonly string[]> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const words = [main, 'verify', join(folder, 'p0/config.yaml'), `s3://${BUCKET}`];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words);
    process.stdout.write(stdout);
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return [`verify: ${stdout ?? ''}${stderr ?? String(error)}`];
  }
}

const COMPLAINTS: ReadonlySet<string> = new Set(['error', 'fatal']);

/** Refused requests and everything that a process had to complain of. */
export function faultsOf({ lines }: Served): readonly string[] {
  return lines
    .filter(
      ({ status, stderr, level }) =>
        status !== undefined || stderr !== undefined || COMPLAINTS.has(String(level)),
    )
    .map((line) => JSON.stringify(line));
}
