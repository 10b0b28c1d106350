import { parseTarget } from '../../src/s3/target.ts';
import { type Credentials, Secret } from '../../src/secret.ts';
import { type SignatureOptions, verify } from '../../src/signatures/verify.ts';
import type { SignedRequest } from '../../src/sigv4/canonical.ts';
import type { Holder } from '../../src/sigv4/holder.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';
import { wireHeaders } from './headers.ts';

/** A request as a client sends it: header values one character a byte. */
export interface Sent {
  readonly method: string;
  readonly rawTarget: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

export const NOW = new Date('2026-06-01T12:00:00Z');
export const REGION = 'eu-test-1';
export const CLIENT: Credentials = {
  accessKeyId: 'client',
  secretAccessKey: new Secret('client secret for tests'),
};

/** Verifies it as the proxy would, for one client; gives back that client. */
export function verifySent(
  { method, rawTarget, headers }: Sent,
  options: Partial<SignatureOptions<Holder>> & { readonly client?: Holder } = {},
): Holder {
  const { client = CLIENT, ...rest } = options;
  const wire = wireHeaders(headers);
  const target = parseTarget(rawTarget, wire.joined('host'), ['s3.amazonaws.com', 's3.example.org']);
  const request: SignedRequest = { method, target, rawTarget, headers: wire };
  return verify(request, {
    holders: new Map([[client.accessKeyId, client]]),
    signingKeys: new SigningKeys(),
    now: NOW,
    ...rest,
  }).holder;
}
