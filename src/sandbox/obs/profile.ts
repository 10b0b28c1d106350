import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { classify } from '../../s3/classify.ts';
import { S3Error } from '../../s3/errors.ts';
import { WireHeaders } from '../../s3/headers.ts';
import { parseTarget, type Target } from '../../s3/target.ts';
import type { Answer } from '../call.ts';
import { HANDLERS } from '../operations.ts';
import type { Admitted, Handler, Profile } from '../profile.ts';
import type { Dialect, Unfit } from '../rules.ts';
import type { Shared } from '../shared.ts';
import { authenticate } from './authenticate.ts';
import { obsError } from './errors.ts';
import { apiversion, OBS_HANDLERS, ownOperation } from './operations.ts';
import { checkPolicy } from './policy.ts';
import { obsQuery } from './query.ts';
import { requestHeaders } from './request-headers.ts';
import { worded } from './response-words.ts';
import { checkEncryptionHeaders } from './ssec-takers.ts';

/** No page says which error each of these is. All have the one code for keys in the table of errors. */
const UNFIT: Readonly<Record<Unfit, string>> = {
  missing: 'The object is encrypted with SSE-C, and the request has no key.',
  wrong: 'The object is encrypted with another SSE-C key.',
  needless: 'The object is not encrypted with SSE-C, and the request has a key.',
  'of-a-part-unlike': 'A part has a key and its upload has none, or the other way round.',
  'of-a-part-other': 'A part has another key than its upload.',
};

/**
 * A store as Huawei OBS is, in both of its dialects on one port. Where its documents are silent the sandbox is as strict
 * as it can be, and a comment says so: what passes here breaks none of the documented rules.
 */
export const OBS: Profile = {
  name: 'obs',
  open: (shared, request) => {
    const dialect = dialectOf(request);
    // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0015.html: the form of both in its samples
    const requestId = randomBytes(16).toString('hex').toUpperCase();
    const hostId = `32AAA${randomBytes(33).toString('base64')}`;
    const prefix = dialect === 'obs' ? 'x-obs-' : 'x-amz-';
    return {
      dialect,
      ids: { requestId, hostId, resource: (request.url ?? '/').replace(/\?.*$/s, '') },
      common: { Server: 'OBS', [`${prefix}request-id`]: requestId, [`${prefix}id-2`]: hostId },
      admit: () => admit(shared, request, dialect),
      worded: (answer: Answer) => worded(answer, dialect),
      // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0084.html
      silently: ({ code, message }) => ({
        [`${prefix}error-code`]: code,
        [`${prefix}error-message`]: message,
      }),
    };
  },
  rules: {
    // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0102.html
    minPart: 100 * 1024,
    // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0080.html
    maxMetadata: 8 * 1024,
    newUploadId: () => randomBytes(16).toString('hex').toUpperCase(),
    // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0107.html
    sealedEtag: 'ciphertext',
    managed: true,
    // https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0108.html
    sourceKeysInClear: true,
    // The SDK for Java sends streams so.
    unknownLengths: true,
    unfitKey: (why) => obsError('InvalidEncryptionAlgorithmError', UNFIT[why]),
  },
};

/** That of the signature, even where it is wrong: refusals are worded in it too. The negotiation has none. */
function dialectOf({ headers, url = '', method }: IncomingMessage): Dialect {
  if (headers.authorization !== undefined) return /^\s*OBS\s/.test(headers.authorization) ? 'obs' : 's3';
  if (/[?&]AccessKeyId=/.test(url)) return 'obs';
  return method === 'HEAD' && /[?&]apiversion(?:&|=|$)/.test(url) ? 'obs' : 's3';
}

function admit(shared: Shared, request: IncomingMessage, dialect: Dialect): Admitted {
  const wire = new WireHeaders(request.rawHeaders);
  const method = request.method ?? '';
  const rawTarget = request.url ?? '/';
  requireVirtualHost(wire.single('host'), shared.domains, rawTarget);
  const asked = parseTarget(rawTarget, wire.single('host'), shared.domains);
  if (method === 'HEAD' && asked.query.has('apiversion') && asked.query.parameters.length === 1)
    return { ...apiversion, headers: request.headers, target: asked, chunks: 'unsignable' };
  const { chunks, target: signed } = authenticate(
    { method, target: asked, headers: wire, rawTarget },
    shared,
  );
  const headers = requestHeaders(wire, request.headers, dialect);
  refuseFraming(headers, dialect);
  const target: Target = { ...signed, query: obsQuery(signed.query, dialect) };
  const read = new WireHeaders(Object.entries(headers).flatMap(([name, value]) => [name, String(value)]));
  const operation = ownOperation(method, target) ?? classify(method, withoutOptions(target), read).name;
  const handler = OBS_HANDLERS.get(operation) ?? HANDLERS.get(operation as never);
  if (!handler) throw new S3Error('NotImplemented', `The sandbox does not implement ${operation}.`);
  checkEncryptionHeaders(operation, headers);
  const allowed: Handler = (call) => {
    checkPolicy(call);
    return handler(call);
  };
  return { operation, handler: allowed, headers, target, chunks };
}

/** What chooses no operation, and S3 doesn't have. */
function withoutOptions(target: Target): Target {
  return { ...target, query: target.query.without((name) => name === 'attname') };
}

/** https://support.huaweicloud.com/api-obs/obs_errorcode_0014.html */
function requireVirtualHost(host: string | undefined, domains: readonly string[], rawTarget: string): void {
  if (/^\/(?:\?|$)/.test(rawTarget) || isVirtualHost(host, domains)) return;
  throw obsError(
    'VirtualHostDomainRequired',
    'Virtual host domain is required while accessing a specific bucket.',
  );
}

/** The SDK for Node.js leaves out the port. */
function isVirtualHost(host: string | undefined, domains: readonly string[]): boolean {
  const name = (host ?? '').replace(/:\d*$/, '').toLowerCase();
  return domains.some((domain) => name.endsWith(`.${domain}`));
}

/** The dialect has no framing of its own. Nothing but aws-chunked is that of V4. */
function refuseFraming(headers: Admitted['headers'], dialect: Dialect): void {
  if (dialect !== 'obs') return;
  const codings = headers['content-encoding']?.split(',').map((coding) => coding.trim()) ?? [];
  if (codings.includes('aws-chunked'))
    throw new S3Error('InvalidArgument', 'OBS has no aws-chunked in its own dialect.', {
      fields: { ArgumentName: 'content-encoding' },
    });
}
