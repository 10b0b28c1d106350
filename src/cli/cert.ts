import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isHost, isHostName } from '../config/address.ts';
import { writeFailure } from '../files.ts';
import type { Io } from '../io.ts';
import { quoted } from '../shell.ts';
import { canonicalAddress, makeSelfSigned } from './certificate.ts';
import { UsageError } from './command.ts';
import { type Draft, destinationOf, writeDraft } from './write-whole.ts';

export interface CertAsked {
  readonly names: readonly string[];
  readonly days: number;
  /** Paths. */
  readonly cert: string;
  readonly key: string;
  readonly force: boolean;
}

const BY_DEFAULT = ['localhost', '127.0.0.1', '::1'];

/** `ssec-proxy cert`; resolves to the exit code. The private key is never printed. */
export async function cert(asked: CertAsked, io: Io, now = new Date()): Promise<number> {
  const { names, addresses } = sorted(asked.names.length === 0 ? BY_DEFAULT : asked.names);
  const files = { cert: resolve(asked.cert), key: resolve(asked.key) };
  if (files.cert === files.key) throw new UsageError('--cert and --key are the same file');
  const made = await makeSelfSigned({ names, addresses, days: asked.days, now });
  const failure = await writePair(files, made, asked.force);
  if (failure !== undefined) {
    io.stderr.write(`${failure}\n`);
    return 1;
  }
  const { validToDate, fingerprint256 } = new X509Certificate(made.cert);
  io.stdout.write(`${files.cert}: the certificate, for ${[...names, ...addresses].join(', ')}
${files.key}: its private key, which stays here
valid until ${validToDate.toISOString()}, SHA-256 ${fingerprint256}

In the config, for a listener:
  tls: { cert: ${JSON.stringify(files.cert)}, key: ${JSON.stringify(files.key)} }
For clients:
  export AWS_CA_BUNDLE=${quoted(files.cert)}
`);
  return 0;
}

/** @throws UsageError for what is neither a host name nor an IP address */
function sorted(given: readonly string[]): { names: readonly string[]; addresses: readonly string[] } {
  const zoned = given.find((name) => isIP(name) !== 0 && name.includes('%'));
  if (zoned !== undefined)
    throw new UsageError(
      `"${zoned}" has a zone, which a certificate can't hold; leave out what follows the %`,
    );
  const unique = [...new Set(given.map((name) => (isIP(name) === 0 ? name : canonicalAddress(name))))];
  const wrong = unique.find((name) => isIP(name) === 0 && !isCertificateName(name));
  if (wrong !== undefined)
    throw new UsageError(
      `"${wrong}" is neither a host name nor an IP address; international names go as xn--…`,
    );
  return {
    names: unique.filter((name) => isIP(name) === 0),
    addresses: unique.filter((name) => isIP(name) !== 0),
  };
}

/** A host name, or one with a star for its first label. Addresses have no subdomains. */
function isCertificateName(name: string): boolean {
  const host = name.startsWith('*.') ? name.slice(2) : name;
  return isHostName(host) && isHost(host) && isIP(host) === 0;
}

type Pair = Readonly<Record<'cert' | 'key', string>>;

/**
 * Both or none: each is on the disk before one is put in its place, and the certificate is put back when the key can't
 * be placed.
 */
async function writePair(files: Pair, made: Pair, replace: boolean): Promise<string | undefined> {
  const drafts: Draft[] = [];
  const placed: Draft[] = [];
  let file = files.cert;
  try {
    const paths = new Set<string>();
    for (const name of ['cert', 'key'] as const) {
      file = files[name];
      const path = await pathOf(file);
      if (paths.has(path)) throw new UsageError('--cert and --key are the same file');
      paths.add(path);
      drafts.push(await writeDraft(path, made[name], MODES[name]));
    }
    for (const [index, draft] of drafts.entries()) {
      file = index === 0 ? files.cert : files.key;
      await draft.place(replace ? 'replacement' : 'new');
      placed.push(draft);
    }
    return undefined;
  } catch (error) {
    for (const draft of placed) await draft.undo();
    if (error instanceof UsageError) throw error;
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return `${file} was not written: ${exists ? 'it exists already; --force replaces it' : writeFailure(error)}`;
  } finally {
    for (const draft of drafts) await draft.discard();
  }
}

/** @throws Error with the code ENOTFILE for a pipe or a device, which could not be both or none */
async function pathOf(file: string): Promise<string> {
  const destination = await destinationOf(file);
  if (destination.kind === 'file') return destination.path;
  throw Object.assign(new Error('not a regular file'), { code: 'ENOTFILE' });
}

const MODES: Readonly<Record<'cert' | 'key', number>> = { cert: 0o644, key: 0o600 };
