import { readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Address, isLoopback, parseAddress } from '../config/address.ts';
import { readFailure } from '../files.ts';
import type { Io } from '../io.ts';
import { firstSignal } from '../lifecycle.ts';
import { S3Error } from '../s3/errors.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Credentials, Secret } from '../secret.ts';
import { makeSelfSigned } from './certificate.ts';
import { UsageError } from './command.ts';
import { MADE_UP_SECRET } from './commands/made-up-secret.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface SandboxAsked {
  readonly listen: string;
  /** Paths of PEM files, both or none. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly http: boolean;
  readonly profile: 's3' | 'obs';
  /** Names for virtual hosts. */
  readonly domain: readonly string[];
  readonly bucket: readonly string[];
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `ssec-proxy sandbox`: the store for trials in a process of its own, until a signal. Exit codes: 0, 1. */
export async function sandbox(given: SandboxAsked, io: Io, stopping?: Promise<unknown>): Promise<number> {
  const asked = { ...given, domain: domainsOf(given) };
  const address = addressOf(asked.listen);
  const stopped = stopping ?? firstSignal();
  const owner = ownerOf(asked);
  const { folder, remove } = temporaryFolder('ssec-proxy-sandbox-');
  let store: Sandbox | undefined;
  try {
    const tls = asked.http ? undefined : await tlsOf(asked, address, folder);
    store = await open(asked, { address, folder, tls, owner, io });
    io.stdout.write(welcome(asked, store.url, tls?.file));
    await stopped;
    return 0;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    await store?.close();
    remove();
  }
}

/** Why there can be no sandbox, for people. */
class SandboxError extends Error {}

interface Tls {
  readonly cert: string;
  readonly key: string;
  /** The file that clients trust. */
  readonly file: string;
}

/** @throws UsageError for what others could reach */
function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new UsageError(`--listen takes host:port, such as 127.0.0.1:9443, not ${text}`);
  if (!isLoopback(address.host))
    throw new UsageError(`the sandbox is for trials and listens on loopback only, not on ${address.host}`);
  return address;
}

/** In lower case. OBS has virtual hosts only, so it needs one. @throws UsageError */
function domainsOf({ profile, domain }: SandboxAsked): readonly string[] {
  if (domain.length === 0) return profile === 'obs' ? ['obs.localhost'] : [];
  const wrong = domain.find((name) => !/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}$/i.test(name));
  if (wrong !== undefined)
    throw new UsageError(`--domain takes a host name, such as obs.localhost, not ${wrong}`);
  return domain.map((name) => name.toLowerCase());
}

/** The certificate given, or a new one. */
async function tlsOf({ cert, key, domain }: SandboxAsked, { host }: Address, folder: string): Promise<Tls> {
  if (cert !== undefined && key !== undefined) {
    const pair = { cert: await readPem(cert), key: await readPem(key), file: cert };
    try {
      createSecureContext({ cert: pair.cert, key: pair.key });
    } catch {
      throw new SandboxError(`${cert} and ${key} are not a PEM certificate and its private key`);
    }
    return pair;
  }
  const virtual = domain.flatMap((name) => [name, `*.${name}`]);
  const hosts = [...new Set([host, 'localhost', '127.0.0.1', '::1', ...virtual])];
  const made = await makeSelfSigned({
    names: hosts.filter((name) => isIP(name) === 0),
    addresses: hosts.filter((name) => isIP(name) !== 0),
    days: 30,
    now: new Date(),
  });
  const file = join(folder, 'tls.crt');
  await writeFile(file, made.cert);
  return { ...made, file };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SandboxError(`${file} cannot be read: ${readFailure(error)}`, { cause: error });
  }
}

function ownerOf({ accessKeyId, secretAccessKey }: SandboxAsked): Credentials {
  if (/[\s/,\p{Cc}]/u.test(accessKeyId))
    throw new UsageError('an access key id has no spaces, slashes or commas');
  return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
}

interface Opening {
  readonly address: Address;
  readonly folder: string;
  readonly tls: Tls | undefined;
  readonly owner: Credentials;
  readonly io: Io;
}

async function open(
  { bucket, region, profile, domain }: SandboxAsked,
  { address, folder, tls, owner, io }: Opening,
): Promise<Sandbox> {
  try {
    return await startSandbox({
      ...address,
      profile,
      domains: domain,
      ...(tls ? { tls } : { insecureSsec: true }),
      directory: join(folder, 'store'),
      credentials: [owner],
      region,
      buckets: [...new Set(bucket)],
      onFailure: (error) => io.stderr.write(`the sandbox failed: ${String(error)}\n`),
    });
  } catch (error) {
    if (error instanceof S3Error) throw new UsageError(`--bucket: ${error.message}`, { cause: error });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new SandboxError(`cannot listen at ${address.host}:${address.port}: ${code}`, {
      cause: error,
    });
  }
}

/** A secret that was given is known to who gave it, and is not printed. */
function welcome(
  { region, accessKeyId, secretAccessKey, bucket, profile, domain }: SandboxAsked,
  url: string,
  ca: string | undefined,
): string {
  const rows = [
    ['endpoint', url],
    ['region', region],
    ...(profile === 'obs' ? [['like', 'Huawei OBS']] : []),
    ...(domain.length === 0 ? [] : [['buckets are at', domain.map((name) => `BUCKET.${name}`).join(', ')]]),
    ['access key id', accessKeyId],
    ['secret access key', secretAccessKey === MADE_UP_SECRET ? MADE_UP_SECRET : '(as given)'],
    ...(ca === undefined ? [] : [['CA', ca]]),
    ...(bucket.length === 0 ? [] : [['buckets', [...new Set(bucket)].join(', ')]]),
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(17)}  ${value}`);
  return `FOR TRIALS ONLY: an S3 store that keeps nothing. Everything in it is gone when it ends.

${lines.join('\n')}

Stop with Ctrl-C.
`;
}
