import type { Client } from '../../clients/client.ts';
import type { Permissions } from '../../clients/permissions.ts';
import type { ListenerSettings } from '../../listener/settings.ts';
import { S3Error } from '../../s3/errors.ts';
import type { WireHeaders } from '../../s3/headers.ts';
import type { Query } from '../../s3/query.ts';
import type { Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import { isQueryV2 } from '../../sigv2/claim.ts';
import { unhoist } from '../../sigv2/presigned.ts';
import { type ChunkSignatures, UNVERIFIED_CHUNKS } from '../../sigv4/chunk-trailers.ts';
import { withoutSignature } from '../../sigv4/presigned.ts';
import type { SigningKeys } from '../../sigv4/signing-keys.ts';
import { type VerifyOptions, verify } from '../../sigv4/verify.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Exchange } from '../exchange.ts';

/** Who is asking. */
export interface Caller {
  /** Access key id, or what stands for nobody in particular. */
  readonly name: string;
  /** What the caller's requests are signed with at an upstream. */
  readonly signer: (upstream: Upstream) => Credentials;
  readonly permissions: Permissions;
}

const NOTHING: Permissions = { admin: false, grants: [] };

export interface AuthContext {
  readonly snapshot: Snapshot;
  readonly listener: ListenerSettings;
  readonly signingKeys: SigningKeys;
  readonly now: Date;
}

/** A request that was let in, without what was its signature alone. */
export interface Admitted {
  readonly caller: Caller;
  readonly target: Target;
  readonly headers: WireHeaders;
  /** How the chunks of its body are signed, should it come in chunks. */
  readonly chunks: ChunkSignatures;
}

/** @throws S3Error with the code that S3 uses for each fault */
export function authenticate(
  { method, headers, rawTarget }: Exchange,
  target: Target,
  context: AuthContext,
): Admitted {
  const { snapshot, listener } = context;
  if (listener.auth === 'none') {
    refuseWebPages(headers.joined('host'), headers, listener, snapshot);
    const caller = { name: 'anyone on this listener', signer: itself, permissions: listener.permissions };
    const rest = unlooked(target.query, headers);
    return {
      caller,
      target: { ...target, query: rest.query },
      headers: rest.headers,
      chunks: UNVERIFIED_CHUNKS,
    };
  }
  // A browser sends its preflight unsigned; the store answers by the bucket's CORS rules. That of a presigned URL has
  // the signature of another method in its query.
  if (method === 'OPTIONS') {
    const caller = { name: 'preflight', signer: itself, permissions: NOTHING };
    const { query } = unlooked(target.query, headers);
    return { caller, target: { ...target, query }, headers, chunks: UNVERIFIED_CHUNKS };
  }
  const { holder, request, chunks } = verify(
    { method, target, headers, rawTarget },
    verifyOptions(target, context),
  );
  return { caller: callerOf(holder), chunks, target: request.target, headers: request.headers };
}

/** How clients are verified, wherever they put their signature. */
export function verifyOptions(
  target: Target,
  { snapshot, signingKeys, now }: AuthContext,
): VerifyOptions<Client> {
  const { region } = upstreamOf(snapshot, target.shape === 'service' ? undefined : target.bucket);
  return {
    holderOf: (accessKeyId) => snapshot.clients.get(accessKeyId),
    signingKeys,
    now,
    region: snapshot.region === 'strict' ? region : undefined,
    sigv2: snapshot.sigv2,
  };
}

export function callerOf({ accessKeyId, signers, permissions }: Client): Caller {
  return {
    name: accessKeyId,
    signer: (upstream) => signers.get(upstream.name) ?? upstream.credentials,
    permissions,
  };
}

function itself({ credentials }: Upstream): Credentials {
  return credentials;
}

/** The same without a signature that is not looked at: it is not for the store. */
function unlooked(query: Query, headers: WireHeaders): { query: Query; headers: WireHeaders } {
  return isQueryV2(query) ? unhoist(headers, query) : withoutSignature(query, headers);
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
