import type { IncomingHttpHeaders } from 'node:http';
import type { SseKey } from '../keys/key.ts';
import type { Provider } from '../s3/providers.ts';
import { fits, mayBeAboutKey, readFailure } from '../s3/read-failure.ts';
import { echoOf, ssecHeaders } from '../ssec/headers.ts';
import type { StoreResponse } from '../upstream/response.ts';
import { failureOf, StoreFailure } from './answer.ts';
import type { StoreClient, StoreRequest } from './client.ts';

/** One version of an object to read. */
export interface Version {
  readonly bucket: string;
  readonly objectKey: string;
  /** Undefined for the current one. */
  readonly versionId: string | undefined;
}

/** How an object can be read. */
export type Opening =
  /** Without any key. */
  | { readonly kind: 'plain'; readonly headers: IncomingHttpHeaders }
  /** Only with this key: without a key the store refuses it as encrypted. */
  | { readonly kind: 'opens'; readonly ssecKey: SseKey; readonly headers: IncomingHttpHeaders }
  /** It is encrypted, and none of the keys opens it. */
  | { readonly kind: 'sealed' }
  | { readonly kind: 'absent' }
  /** The read failed for another reason than the encryption. */
  | { readonly kind: 'unreadable'; readonly failure: StoreFailure };

export interface Tries {
  readonly client: StoreClient;
  readonly provider: Provider;
  /** In the order in which they are tried. */
  readonly ssecKeys: Iterable<SseKey>;
}

/**
 * Asks the store for the first byte of a version, without a key and then with one key after the other, and changes
 * nothing. An archived object answers only a HEAD.
 * @throws UpstreamError
 */
export async function openVersion(version: Version, tries: Tries): Promise<Opening> {
  const opening = await openBy('GET', version, tries);
  const archived = opening.kind === 'unreadable' && opening.failure.code === 'InvalidObjectState';
  return archived ? await openBy('HEAD', version, tries) : opening;
}

type Method = 'GET' | 'HEAD';

async function openBy(method: Method, version: Version, tries: Tries): Promise<Opening> {
  const plain = await read(method, version, tries, undefined);
  if (!(plain instanceof StoreFailure)) return { kind: 'plain', headers: plain.headers };
  if (plain.status === 404) return { kind: 'absent' };
  if (!isSealed(method, plain, tries.provider)) return { kind: 'unreadable', failure: plain };
  for (const ssecKey of tries.ssecKeys) {
    const answer = await read(method, version, tries, ssecKey);
    if (!(answer instanceof StoreFailure)) {
      return openedBy(ssecKey, answer, tries.provider);
    }
    if (answer.status === 404) return { kind: 'absent' };
    if (!mayBeWrong(method, answer, tries.provider)) return { kind: 'unreadable', failure: answer };
  }
  return { kind: 'sealed' };
}

/** As for a write, the response must name the key, unless the provider says that it does not. */
function openedBy(ssecKey: SseKey, answer: StoreResponse, { withoutEcho }: Provider): Opening {
  const echo = echoOf(answer, ssecKey);
  if (echo === 'ours' || (echo === 'missing' && withoutEcho.operations.includes('GetObject'))) {
    return { kind: 'opens', ssecKey, headers: answer.headers };
  }
  const message = 'The store returned it, but the response does not name the key of the request.';
  return { kind: 'unreadable', failure: new StoreFailure(answer.statusCode ?? 0, 'NoEcho', message) };
}

/** A HEAD has no document, only the status. */
function isSealed(method: Method, failure: StoreFailure, { keyDemands }: Provider): boolean {
  return keyDemands.some((demand) =>
    method === 'HEAD' ? demand.status === failure.status : fits(demand, failure),
  );
}

function mayBeWrong(method: Method, failure: StoreFailure, { keyRefusals }: Provider): boolean {
  if (method === 'HEAD') return mayBeAboutKey(keyRefusals, failure.status);
  const means = readFailure(keyRefusals, failure);
  return means === 'wrong-key' || means === 'unclear';
}

/** Resolves to the response when it is a success. Its body is not read. */
async function read(
  method: Method,
  version: Version,
  { client }: Tries,
  ssecKey: SseKey | undefined,
): Promise<StoreResponse | StoreFailure> {
  const key = ssecKey === undefined ? {} : ssecHeaders('target', ssecKey);
  const send = (range: Record<string, string>): Promise<StoreResponse> =>
    client.send({ method, ...requestOf(version), headers: { ...range, ...key } });
  let response = await send(method === 'GET' ? FIRST_BYTE : {});
  // An empty object has no first byte, and some stores say so before they check the key.
  if (response.statusCode === 416) {
    response.resume();
    response = await send({});
  }
  const status = response.statusCode ?? 0;
  if (status === 200 || status === 206) {
    discard(response);
    return response;
  }
  return await failureOf(response, ssecKey === undefined ? [] : [ssecKey]);
}

const FIRST_BYTE = { range: 'bytes=0-0' };

function requestOf({
  bucket,
  objectKey,
  versionId,
}: Version): Pick<StoreRequest, 'bucket' | 'objectKey' | 'query'> {
  return { bucket, objectKey, query: versionId === undefined ? {} : { versionId } };
}

/** A store that ignores the range would send the whole object. */
function discard(response: StoreResponse): void {
  response.on('error', () => {});
  if (Number(response.headers['content-length'] ?? 0) > 64 * 1024) response.destroy();
  else response.resume();
}
