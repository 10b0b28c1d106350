import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { classify } from '../s3/classify.ts';
import { S3Error } from '../s3/errors.ts';
import { WireHeaders } from '../s3/headers.ts';
import { parseTarget, type Target } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import { EMPTY_SHA256 } from '../sigv4/canonical.ts';
import type { SigningKeys } from '../sigv4/signing-keys.ts';
import { authenticate } from './authenticate.ts';
import type { Answer, Call } from './call.ts';
import { type Faults, faultyAnswer, faultyHeaders } from './faults.ts';
import { HANDLERS } from './operations.ts';
import { asS3Error, type ResponseIds, reply, replyError } from './reply.ts';
import type { Buckets } from './store/buckets.ts';
import type { DataDirectory } from './store/data.ts';

/** What all requests of one sandbox share. */
export interface Shared {
  readonly buckets: Buckets;
  readonly data: DataDirectory;
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly signingKeys: SigningKeys;
  readonly region: string;
  readonly domains: readonly string[];
  readonly secure: boolean;
  readonly clock: () => Date;
  readonly faults: Faults;
  readonly onFailure: (error: unknown) => void;
}

/** The canonical user id of everyone here. */
const OWNER = '5a4db0c5'.repeat(8);

/** Codes of a stream whose peer has disconnected. */
const CLIENT_LEFT = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** One request from its first byte to its last. `expects`: the client waits for `100 Continue`. */
export async function handle(
  shared: Shared,
  request: IncomingMessage,
  response: ServerResponse,
  expects: boolean,
): Promise<void> {
  const ids: ResponseIds = {
    requestId: randomBytes(8).toString('hex').toUpperCase(),
    hostId: randomBytes(42).toString('base64'),
    resource: (request.url ?? '/').replace(/\?.*$/s, ''),
  };
  response.setHeader('Server', 'ssec-proxy-sandbox');
  response.setHeader('x-amz-request-id', ids.requestId);
  response.setHeader('x-amz-id-2', ids.hostId);
  let waiting = expects;
  const invite = (): void => {
    if (waiting) response.writeContinue();
    waiting = false;
  };
  try {
    const answer = await answerOf(shared, request, invite);
    await reply(response, answer);
  } catch (error) {
    if (!(error instanceof S3Error) && !clientLeft(error)) shared.onFailure(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // A body without its 100 may come or not, so the connection can't be used again.
    if (waiting) response.setHeader('Connection', 'close');
    replyError(response, asS3Error(error), ids);
  }
}

function clientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLIENT_LEFT.has(String(error.code));
}

async function answerOf(shared: Shared, request: IncomingMessage, invite: () => void): Promise<Answer> {
  const headers = new WireHeaders(request.rawHeaders);
  const method = request.method ?? '';
  const asked = parseTarget(request.url ?? '/', headers.single('host'), shared.domains);
  if (method === 'OPTIONS') {
    throw new S3Error('AccessDenied', 'CORSResponse: CORS is not enabled for this bucket.');
  }
  const now = shared.clock();
  const { request: signed, chunks } = authenticate(
    { method, target: asked, headers },
    {
      holderOf: (accessKeyId) => shared.credentials.get(accessKeyId),
      signingKeys: shared.signingKeys,
      now,
      region: shared.region,
    },
  );
  checkAbsentBody(headers);
  const target = withoutEmptyId(signed.target);
  const operation = classify(method, target, headers);
  const handler = HANDLERS.get(operation.name);
  if (!handler) throw new S3Error('NotImplemented', `The sandbox does not implement ${operation.name}.`);
  const { buckets, data, region, secure } = shared;
  const call: Call = {
    request,
    headers: faultyHeaders(shared.faults, operation.name, request.headers),
    target,
    chunks,
    secure,
    now,
    buckets,
    data,
    region,
    owner: OWNER,
    invite,
  };
  return faultyAnswer(shared.faults, await handler(call));
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
