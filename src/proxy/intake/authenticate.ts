import type { Client } from '../../clients/client.ts';
import type { Permissions } from '../../clients/permissions.ts';
import { S3 } from '../../dialects/dialect.ts';
import type { ListenerSettings } from '../../listener/settings.ts';
import { S3Error } from '../../s3/errors.ts';
import { customDomainOf, type Target } from '../../s3/target.ts';
import type { Credentials } from '../../secret.ts';
import { claimedDialect } from '../../signatures/claimed-dialect.ts';
import { isUnsigned, refuseResponseHeaders } from '../../signatures/unsigned.ts';
import { dropSignature } from '../../signatures/unverified.ts';
import { type SignatureOptions, verify } from '../../signatures/verify.ts';
import { schemeOfHeader } from '../../sigv2/scheme.ts';
import type { SigningKeys } from '../../sigv4/signing-keys.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { upstreamOf } from '../../snapshot/upstream-of.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { type Exchange, UNNAMED } from '../exchange.ts';
import type { Message } from '../message.ts';
import type { Admitted, Caller } from './admitted.ts';
import { internally, withFormEncodedSource } from './internally.ts';

const NOTHING: Permissions = { admin: false, grants: [] };

export interface AuthContext {
  readonly snapshot: Snapshot;
  readonly listener: ListenerSettings;
  readonly signingKeys: SigningKeys;
  readonly now: Date;
}

/** @throws S3Error with the code that S3 uses for each fault */
export function authenticate(
  { received, rawTarget }: Pick<Exchange, 'received' | 'rawTarget'>,
  target: Target,
  context: AuthContext,
): Admitted {
  const { method, headers } = received;
  const { snapshot, listener } = context;
  if (listener.auth === 'none') {
    refuseWebPages(headers, listener, snapshot);
    const caller = { name: UNNAMED.open, signer: itself, permissions: listener.permissions };
    const admitted = unverified(received, target, caller);
    return snapshot.obs ? asClaimed(admitted, received.headers, rawTarget) : admitted;
  }
  // A browser sends its preflight unsigned; the store answers by the bucket's CORS rules. That of a presigned URL has
  // the signature of another method in its query.
  if (method === 'OPTIONS') {
    const caller = { name: UNNAMED.preflight, signer: itself, permissions: NOTHING };
    const { query } = dropSignature(target.query, headers);
    return { caller, target: { ...target, query }, message: received, chunks: 'unverified' };
  }
  const { anonymous } = snapshot;
  if (anonymous && isUnsigned(target.query, headers)) {
    refuseResponseHeaders(target.query);
    const caller = { name: UNNAMED.anonymous, signer: itself, permissions: anonymous };
    return { caller, target, message: received, chunks: 'unverified' };
  }
  const { customDomains } = snapshot;
  const customDomain = customDomains && customDomainOf(headers.joined('host'), customDomains)?.name;
  const { holder, request, chunks, dialect } = verify(
    { method, target, headers, rawTarget, customDomain },
    verifyOptions(target, context),
  );
  const message = request.headers === headers ? received : { ...received, headers: request.headers };
  const admitted = { caller: callerOf(holder), chunks, target: request.target, message };
  if (dialect) return internally(admitted, dialect);
  // Signed with SigV2, in which no chunks can be.
  return snapshot.obs && chunks === 'unsignable' ? withFormEncodedSource(admitted) : admitted;
}

/** A signature that is not looked at is not for the store either. */
function unverified(received: Message, target: Target, caller: Caller): Admitted {
  const { query, headers } = dropSignature(target.query, received.headers);
  return {
    caller,
    target: { ...target, query },
    message: { ...received, headers },
    chunks: 'unverified',
  };
}

/** Nobody verified it: what it claims to be signed by says what it speaks. */
function asClaimed(admitted: Admitted, headers: Message['headers'], rawTarget: string): Admitted {
  const dialect = claimedDialect(headers, rawTarget);
  if (dialect !== S3) return internally(admitted, dialect);
  return schemeOfHeader(headers.joined('authorization')) === 'AWS'
    ? withFormEncodedSource(admitted)
    : admitted;
}

/** How clients are verified, wherever they put their signature. */
export function verifyOptions(
  target: Target,
  { snapshot, signingKeys, now }: AuthContext,
): SignatureOptions<Client> {
  const strict = snapshot.region === 'strict';
  const bucket = target.shape === 'service' ? undefined : target.bucket;
  return {
    holderOf: (accessKeyId) => snapshot.clients.get(accessKeyId),
    signingKeys,
    now,
    region: strict ? upstreamOf(snapshot, bucket).region : undefined,
    sigv2: snapshot.sigv2,
    obs: snapshot.obs === true,
  };
}

export function callerOf(client: Client): Caller {
  const known = callers.get(client);
  if (known) return known;
  const { accessKeyId: name, signers, permissions, certificate } = client;
  const signer = (upstream: Upstream): Credentials => signers.get(upstream.name) ?? upstream.credentials;
  const caller = { name, signer, permissions, certificate };
  callers.set(client, caller);
  return caller;
}

/** They go with the config that had the clients. */
const callers = new WeakMap<Client, Caller>();

function itself({ credentials }: Upstream): Credentials {
  return credentials;
}

/**
 * A listener without authentication is there for the programs beside it. A web page in a browser on the same host
 * must not be able to use it, be it by a form, a script or a name that it rebinds to loopback. A browser may not even
 * open an object: an HTML object would be a page of this origin, whose scripts reach every other object. Browsers say
 * Sec-Fetch-Site with every request to loopback; Sec-Fetch-Mode says nothing, since Node's fetch sends it too.
 */
function refuseWebPages(
  headers: Message['headers'],
  { host: address }: ListenerSettings,
  { domains, customDomains }: Snapshot,
): void {
  const name = (headers.joined('host') ?? '').replace(/:\d*$/, '').toLowerCase();
  const own = [address, `[${address}]`, 'localhost', '127.0.0.1', '[::1]', ...domains];
  const known =
    own.includes(name) || customDomains?.has(name) || domains.some((domain) => name.endsWith(`.${domain}`));
  const foreign = headers.has('origin') || headers.has('sec-fetch-site');
  if (!known || foreign)
    throw new S3Error('AccessDenied', 'This listener serves programs of this host only, not web pages.');
}
