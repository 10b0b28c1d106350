import type { SseKey } from '../keys/key.ts';
import { parseStoreError } from '../response/store-error.ts';
import { encodePath } from '../s3/percent.ts';
import { ssecHeaders } from '../ssec/headers.ts';
import { failureOf, StoreFailure } from '../store-client/answer.ts';
import type { StoreRequest } from '../store-client/client.ts';
import type { StoreResponse } from '../upstream/response.ts';
import type { Bench, StoreBench } from './bench.ts';

export interface Success {
  readonly response: StoreResponse;
  readonly body: Buffer;
}

/** Everything that is stored here is smaller. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Sends a request and reads the whole response. A failure is a value, even an error document in a response of status 200.
 * @param ssecKeys the keys in the request, which must not come back in a text
 * @throws UpstreamError
 */
export async function ask(
  { client }: Pick<StoreBench, 'client'>,
  request: StoreRequest,
  ssecKeys: readonly SseKey[] = [],
): Promise<Success | StoreFailure> {
  const response = await client.send(request);
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) return await failureOf(response, ssecKeys);
  const body = await wholeOf(response);
  const late = body.includes('<Error>') ? parseStoreError(body.toString('utf8'), ssecKeys) : undefined;
  return late ? new StoreFailure(status, late.code, late.message) : { response, body };
}

/** The whole of a body, as far as anything that is asked for here may be long. */
export async function wholeOf(response: StoreResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) {
      response.destroy();
      break;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Writes a probe, under the rule's key unless another is given, and notes it for removal. */
export async function put(
  bench: Bench,
  objectKey: string,
  { body, headers = {} }: { readonly body: Buffer; readonly headers?: Readonly<Record<string, string>> },
): Promise<Success | StoreFailure> {
  const ssecKey = bench.keyOf(objectKey);
  bench.made.add(objectKey);
  const { bucket } = bench;
  const all = { ...ssecHeaders('target', ssecKey), ...headers };
  return await ask(bench, { method: 'PUT', bucket, objectKey, headers: all, body }, [ssecKey]);
}

/** Reads a probe, with a key or without one. */
export async function get(
  bench: Bench,
  objectKey: string,
  ssecKey: SseKey | undefined,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Success | StoreFailure> {
  const headers = ssecKey === undefined ? {} : ssecHeaders('target', ssecKey);
  return await ask(bench, { method, bucket: bench.bucket, objectKey, headers }, ssecKey ? [ssecKey] : []);
}

/** The headers of a copy of a probe, without those of its destination. */
export function copyHeaders(
  { bucket }: Bench,
  source: { readonly objectKey: string; readonly ssecKey: SseKey },
): Record<string, string> {
  return {
    'x-amz-copy-source': `/${bucket}/${encodePath(source.objectKey)}`,
    ...ssecHeaders('source', source.ssecKey),
  };
}

export function isFailure(answer: Success | StoreFailure): answer is StoreFailure {
  return answer instanceof StoreFailure;
}

/** For a report: `403 AccessDenied "Access Denied"`. */
export function wordsOf({ status, code, message }: StoreFailure): string {
  return code.startsWith('HTTP ') ? `status ${status}` : `${status} ${code} "${message}"`;
}
