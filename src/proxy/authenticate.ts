import type { Permissions } from '../clients/permissions.ts';
import { S3Error } from '../s3/errors.ts';
import type { Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import { checkPayloadHash } from '../sigv4/payload-hash.ts';
import type { SigningKeys } from '../sigv4/signing-keys.ts';
import { refusePresigned, verifyHeader } from '../sigv4/verify.ts';
import type { ListenerSettings, Snapshot } from '../snapshot/snapshot.ts';
import type { Exchange } from './exchange.ts';

/** Who is asking. */
export interface Caller {
  /** Access key id, or what stands for nobody in particular. */
  readonly name: string;
  /** What the caller's requests are signed with at the upstream. */
  readonly credentials: Credentials;
  readonly permissions: Permissions;
}

const NOTHING: Permissions = { admin: false, grants: [] };

interface Context {
  readonly snapshot: Snapshot;
  readonly listener: ListenerSettings;
  readonly signingKeys: SigningKeys;
  readonly now: Date;
}

/** @throws S3Error with the code that S3 uses for each fault */
export function authenticate(
  { method, headers }: Exchange,
  target: Target,
  { snapshot, listener, signingKeys, now }: Context,
): Caller {
  if (listener.auth === 'none') {
    refuseWebPages(headers.joined('host'), headers, listener, snapshot);
    refusePresigned(target);
    const payloadHash = headers.single('x-amz-content-sha256');
    if (payloadHash !== undefined) checkPayloadHash(payloadHash);
    return {
      name: 'anyone on this listener',
      credentials: snapshot.upstream.credentials,
      permissions: listener.permissions,
    };
  }
  // A browser sends its preflight unsigned; the store answers by the bucket's CORS rules.
  if (method === 'OPTIONS')
    return { name: 'preflight', credentials: snapshot.upstream.credentials, permissions: NOTHING };
  const client = verifyHeader(
    { method, target, headers },
    {
      holderOf: (accessKeyId) => snapshot.clients.get(accessKeyId),
      signingKeys,
      now,
      region: snapshot.region === 'strict' ? snapshot.upstream.region : undefined,
    },
  );
  return { name: client.accessKeyId, credentials: client.upstream, permissions: client.permissions };
}

/**
 * A listener without authentication is there for the programs beside it. A web page in a browser on the same host
 * must not be able to use it, be it by a form, a script or a name that it rebinds to loopback.
 */
function refuseWebPages(
  host: string | undefined,
  headers: Exchange['headers'],
  { host: address }: ListenerSettings,
  { domains }: Snapshot,
): void {
  const name = (host ?? '').replace(/:\d*$/, '').toLowerCase();
  const own = [address, `[${address}]`, 'localhost', '127.0.0.1', '[::1]', ...domains];
  const known = own.includes(name) || domains.some((domain) => name.endsWith(`.${domain}`));
  const site = headers.joined('sec-fetch-site');
  const foreign = headers.has('origin') || (site !== undefined && site !== 'none' && site !== 'same-origin');
  if (!known || foreign)
    throw new S3Error('AccessDenied', 'This listener serves programs of this host only, not web pages.');
}
