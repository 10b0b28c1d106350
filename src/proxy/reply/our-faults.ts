import type { StoreRefusal } from '../../log-line.ts';
import type { StoreError } from '../../response/store-error.ts';
import { S3Error } from '../../s3/errors.ts';
import { holdsKey } from '../../ssec/leak.ts';
import type { StoreResponse } from '../../upstream/response.ts';
import type { Asker } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * Codes that blame the proxy's own dealings with the store, and what fixes them. Clients would take them for their
 * own fault: SDKs set their clocks by some and follow others to the store, where they would write in plain.
 */
const OUR_FAULTS: Readonly<Record<string, readonly [StoreRefusal, fix: string]>> = {
  AuthorizationHeaderMalformed: ['region', 'check upstream.region'],
  ExpiredToken: ['credentials', 'renew upstream.credentials'],
  InvalidAccessKeyId: ['credentials', 'check upstream.credentials'],
  IncorrectEndpoint: [
    'address',
    'check upstream.endpoint and upstream.region: the bucket is in another region',
  ],
  InvalidToken: ['credentials', 'renew upstream.credentials'],
  PermanentRedirect: [
    'address',
    'check upstream.endpoint and upstream.region: the bucket is in another region',
  ],
  RequestExpired: ['clock', "set this host's clock"],
  RequestInTheFuture: ['clock', "set this host's clock"],
  RequestTimeTooSkewed: ['clock', "set this host's clock"],
  SignatureDoesNotMatch: ['credentials', 'check the secret in upstream.credentials'],
  Redirect: ['address', 'check upstream.endpoint and upstream.region'],
  TemporaryRedirect: ['address', 'the store moves the bucket; if this goes on, check upstream.endpoint'],
  TokenRefreshRequired: ['credentials', 'renew upstream.credentials'],
  TooManyWrongSignature: ['credentials', 'check the secret in upstream.credentials'],
  VirtualHostDomainRequired: [
    'address',
    'remove upstream.addressing: the store takes the bucket in the host name alone, which fits none with a dot',
  ],
};

/** In the texts above: the upstream that it is about. */
const UPSTREAM = /\bupstream(?=\.)/g;

/** The pair of the store, in the place of which a client may have one of its own. */
const PAIR = 'upstream.credentials';

/** Which store was asked, and with which credentials. */
type Signed = Pick<Plan, 'upstream' | 'credentials'>;

/** The error in the place of one that is the proxy's fault; undefined when it is not. The log says what to fix. */
export function faultOfOurs(log: Asker['log'], { code }: StoreError, signed: Signed): S3Error | undefined {
  const [refusal, fix] = (Object.hasOwn(OUR_FAULTS, code) && OUR_FAULTS[code]) || [];
  return refusal === undefined ? undefined : faultBetween(log, refusal, `${code}; ${fix}`, signed);
}

/**
 * The error for what is between the proxy and the store.
 * @param refusal what it is about
 * @param said what the store answered, and what fixes it
 */
export function faultBetween(
  log: Asker['log'],
  refusal: StoreRefusal,
  said: string,
  { upstream, credentials }: Signed,
): S3Error {
  log.storeRefusal = refusal;
  const own = credentials !== undefined && credentials !== upstream.credentials;
  const where = own
    ? said.replaceAll(PAIR, `the credentials of client ${log.client} (its option ${upstream.name})`)
    : said;
  log.cause = `the store answered the proxy with ${where.replaceAll(UPSTREAM, upstream.name)}`;
  return new S3Error('ServiceUnavailable', 'The proxy could not use the store. Its log says why.');
}

/** The error in the place of a redirect: nobody is led around the proxy. */
export function misdirected(
  log: Asker['log'],
  { statusCode, headers }: StoreResponse,
  { upstream: { name }, ssecKeys }: Pick<Plan, 'upstream' | 'ssecKeys'>,
): S3Error {
  const region = headers['x-amz-bucket-region'];
  const named = typeof region === 'string' && /^[a-z0-9-]{1,40}$/.test(region) && !holdsKey(region, ssecKeys);
  const where = named ? ` (it is in ${region})` : '';
  log.storeRefusal = 'address';
  log.cause = `the store redirected with ${statusCode}; check ${name}.endpoint and ${name}.region for this bucket${where}`;
  return new S3Error('ServiceUnavailable', 'The proxy could not use the store. Its log says why.');
}
