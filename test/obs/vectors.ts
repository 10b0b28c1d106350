import { readFileSync } from 'node:fs';
import { WireHeaders } from '../../src/s3/headers.ts';
import { customDomainOf, parseTarget } from '../../src/s3/target.ts';
import { Secret } from '../../src/secret.ts';
import { type SignatureOptions, type Verified, verify } from '../../src/signatures/verify.ts';
import type { Holder } from '../../src/sigv4/holder.ts';
import { SigningKeys } from '../../src/sigv4/signing-keys.ts';

/** A request that an SDK of OBS signed, as it was on the wire, and what it signed. */
export interface ObsVector {
  readonly sdk: string;
  readonly scheme: 'OBS' | 'AWS';
  readonly where: 'header' | 'query';
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly stringToSign: string;
  readonly signature: string;
}

interface Recorded {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly vectors: readonly ObsVector[];
}

const RECORDED = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Recorded;

/** Recorded from the SDKs for Python, Node.js, Go and Java, with credentials made up for it. */
export const OBS_VECTORS = RECORDED.vectors;

/**
 * By the SDK for Go, which leaves the Date in what it signs although it sends `x-obs-date`: a fault of its own, and the
 * service takes both.
 */
export const DATED_TWICE: ObsVector = {
  sdk: 'huaweicloud-sdk-go-obs v3.25.4',
  scheme: 'OBS',
  where: 'header',
  method: 'PUT',
  target: '/date',
  headers: [
    ['Host', 'bkt.obs.lab.test:18080'],
    ['Date', 'Thu, 26 Nov 2026 19:20:07 GMT'],
    ['x-obs-date', 'Thu, 26 Nov 2026 19:00:00 GMT'],
    ['x-obs-meta-note', 'spaced  value'],
    ['x-obs-security-token', 'token/+=TOKEN1'],
    ['Authorization', 'OBS OBSVECTORAK00000001:T0Iwg8OHMBZJ/AmSFUdvpuUQm5w='],
  ],
  stringToSign:
    'PUT\n\n\nThu, 26 Nov 2026 19:20:07 GMT\nx-obs-date:Thu, 26 Nov 2026 19:00:00 GMT\nx-obs-meta-note:spaced  value\nx-obs-security-token:token/+=TOKEN1\n/bkt/date',
  signature: 'T0Iwg8OHMBZJ/AmSFUdvpuUQm5w=',
};

/** A link to all that begins with `share/`, by the SDK for Go. */
export const FOLDER_LINK =
  '/?AccessKeyId=OBSVECTORAK00000001&Policy=eyJleHBpcmF0aW9uIjoiMjAzMC0wMS0wMVQwMDowMDowMFoiLCJjb25kaXRpb25zIjpbWyJzdGFydHMtd2l0aCIsIiRrZXkiLCJzaGFyZS8iXV19&prefix=share%2F&Signature=7nZNFhZQC4op8NoJQHca88klU0Y%3D';

export const RECORDER: Holder = {
  accessKeyId: RECORDED.accessKeyId,
  secretAccessKey: new Secret(RECORDED.secretAccessKey),
};
/** What the recordings with temporary credentials have. */
export const TOKEN = new Secret('token/+=TOKEN1');

const DOMAINS = ['obs.lab.test'];
const CUSTOM_DOMAINS = new Map([['files.example.test', 'b0b']]);

/** Sent alike, whatever was recorded of it. */
export type Sent = Pick<ObsVector, 'method' | 'target' | 'headers'>;

/** The value of a header of it. */
export function headerOf({ headers }: Sent, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

/** Does it come from temporary credentials? */
export function hasToken(sent: Sent): boolean {
  return (
    headerOf(sent, 'x-obs-security-token') !== undefined || sent.target.includes('x-obs-security-token=')
  );
}

/** When it was sent; of a link, a moment before it expires. */
export function sentAt(sent: Sent): Date {
  const dated = headerOf(sent, 'x-obs-date') ?? headerOf(sent, 'x-amz-date') ?? headerOf(sent, 'date');
  const expires = /[?&]Expires=(\d+)/.exec(sent.target)?.[1];
  return new Date(expires === undefined ? Date.parse(dated ?? '') : Number(expires) * 1000 - 1000);
}

/** Verifies it from the wire alone, as the proxy would. */
export function verifyRecorded(
  sent: Sent,
  options: Partial<SignatureOptions<Holder>> & { readonly client?: Holder } = {},
): Verified<Holder> {
  const { client = hasToken(sent) ? { ...RECORDER, sessionToken: TOKEN } : RECORDER, ...rest } = options;
  const headers = new WireHeaders(sent.headers.flat());
  const host = headers.joined('host');
  return verify(
    {
      method: sent.method,
      target: parseTarget(sent.target, host, DOMAINS, CUSTOM_DOMAINS),
      rawTarget: sent.target,
      headers,
      customDomain: customDomainOf(host, CUSTOM_DOMAINS)?.name,
    },
    {
      holders: new Map([[client.accessKeyId, client]]),
      signingKeys: new SigningKeys(),
      now: sentAt(sent),
      sigv2: true,
      obs: true,
      ...rest,
    },
  );
}
