import { randomBytes } from 'node:crypto';
import { classify } from '../s3/classify.ts';
import { S3Error, type S3ErrorCode } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import { EMPTY_SHA256 } from '../sigv4/canonical.ts';
import { authenticate } from './authenticate.ts';
import { HANDLERS } from './operations.ts';
import type { Admitted, Profile } from './profile.ts';
import type { Unfit } from './rules.ts';

const MUST = 'Requests specifying Server Side Encryption with Customer provided keys must';

/** As AWS words it. */
const UNFIT: Readonly<Record<Unfit, readonly [S3ErrorCode, string]>> = {
  missing: [
    'InvalidRequest',
    'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
  ],
  wrong: ['AccessDenied', `${MUST} provide the correct secret key.`],
  needless: ['InvalidRequest', 'The encryption parameters are not applicable to this object.'],
  'of-a-part-unlike': [
    'InvalidRequest',
    'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
  ],
  'of-a-part-other': [
    'InvalidRequest',
    'The provided encryption parameters did not match the ones used originally.',
  ],
};

/** A store as Amazon S3 is. */
export const S3: Profile = {
  name: 's3',
  open: (shared, request) => {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const hostId = randomBytes(42).toString('base64');
    return {
      dialect: 's3',
      ids: { requestId, hostId, resource: (request.url ?? '/').replace(/\?.*$/s, '') },
      common: { Server: 'ssec-proxy-sandbox', 'x-amz-request-id': requestId, 'x-amz-id-2': hostId },
      admit: () => admit(shared, request),
      worded: (answer) => answer,
      silently: () => ({}),
    };
  },
  rules: {
    minPart: 5 * 1024 ** 2,
    maxMetadata: 2048,
    newUploadId: () => randomBytes(32).toString('base64url'),
    sealedEtag: 'random',
    managed: false,
    sourceKeysInClear: false,
    unknownLengths: false,
    unfitKey: (why) => new S3Error(...UNFIT[why]),
  },
};

function admit(...[shared, request]: Parameters<Profile['open']>): Admitted {
  const headers = new WireHeaders(request.rawHeaders);
  const method = request.method ?? '';
  const asked = parseTarget(request.url ?? '/', headers.single('host'), shared.domains);
  if (method === 'OPTIONS') {
    throw new S3Error('AccessDenied', 'CORSResponse: CORS is not enabled for this bucket.');
  }
  const { request: signed, chunks } = authenticate(
    { method, target: asked, headers },
    {
      holders: shared.credentials,
      signingKeys: shared.signingKeys,
      now: shared.clock(),
      region: shared.region,
    },
  );
  checkAbsentBody(headers);
  const target = withoutEmptyId(signed.target);
  const operation = classify(method, target, headers);
  const handler = HANDLERS.get(operation.name);
  if (!handler) throw new S3Error('NotImplemented', `The sandbox does not implement ${operation.name}.`);
  return { operation: operation.name, handler, headers: request.headers, target, chunks };
}

/** As Ceph: an id of an upload that is empty is none, and `DELETE /bucket/key?uploadId=` deletes the object. */
function withoutEmptyId(target: Target): Target {
  const { query } = target;
  if (query.get('uploadId') !== '') return target;
  return { ...target, query: query.without((name) => name === 'uploadId') };
}

/** A body is hashed while it is read; an absent one has the hash of an empty body. */
function checkAbsentBody(headers: WireHeaders): void {
  if (headers.has('transfer-encoding') || !/^0*$/.test(headers.single('content-length') ?? '')) return;
  const declared = headers.single('x-amz-content-sha256')?.toLowerCase() ?? EMPTY_SHA256;
  if (declared === EMPTY_SHA256 || declared === 'unsigned-payload') return;
  throw new S3Error(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { fields: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: EMPTY_SHA256 } },
  );
}
