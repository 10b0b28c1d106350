import { createHash, type Hash } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { inDialect } from '../outgoing/in-dialect.ts';
import { Query } from '../s3/query.ts';
import { faultOf } from '../s3/query-values.ts';
import type { Addressed } from '../s3/target.ts';
import type { Credentials } from '../secret.ts';
import { UNSIGNED_PAYLOAD } from '../sigv4/payload.ts';
import { sign } from '../sigv4/sign.ts';
import { addressOf } from '../upstream/address.ts';
import { poolOf } from '../upstream/connections.ts';
import type { Pool } from '../upstream/pool.ts';
import { hasRegions, inRegion, isRegion, regionOfUrl } from '../upstream/regions.ts';
import type { StoreResponse } from '../upstream/response.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type Backoff, withRetries } from './retry.ts';
import { transmit } from './transmit.ts';

/** A request of a command to the store. Header names in lower case; the query not encoded. */
export interface StoreRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket?: string;
  readonly objectKey?: string;
  /** Undefined for names without a value, such as `versions`. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** May have `x-amz-content-sha256`, to declare the body differently than by default. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes can be sent again; a stream is sent once, and needs a `content-length` header. */
  readonly body?: Uint8Array | Readable;
}

export interface StoreClient {
  /**
   * The store's response, of any status; the caller must read or destroy the body. 5xx and 429 are returned only after the
   * last try.
   * @throws UpstreamError when the store can't be reached or stays silent; the signal's reason when it is aborted
   */
  send(request: StoreRequest): Promise<StoreResponse>;
  close(): void;
}

export interface ClientOptions extends Backoff {
  readonly clock: () => Date;
  readonly signal: AbortSignal;
  /** The maximum number of parallel requests; each has a connection, which is kept alive. */
  readonly connections: number;
  /** Resolves the names of stores to addresses. */
  readonly lookup?: LookupFunction;
  /** Instead of the upstream's own. */
  readonly credentials?: Credentials;
}

/** Longer than any command takes: its own requests are all that waits. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** The client of the commands for the store: signed requests over kept connections, with retries while the store is busy. */
export function storeClient(upstream: Upstream, options: ClientOptions): StoreClient {
  const limits = { connections: options.connections, queue: Number.POSITIVE_INFINITY, wait: LONGEST_WAIT_MS };
  const pool = poolOf({ ...upstream, limits }, { lookup: options.lookup });
  const places = new Map<string, Promise<Upstream>>();
  const placeOf = async ({ bucket }: StoreRequest): Promise<Upstream> => {
    if (bucket === undefined || !hasRegions(upstream)) return upstream;
    const known = places.get(bucket);
    if (known) return await known;
    const place = regionOf(bucket, upstream, pool, options);
    places.set(bucket, place);
    place.catch(() => places.delete(bucket));
    return await place;
  };
  return {
    send: async (request) => {
      const place = await placeOf(request);
      const once = (): Promise<StoreResponse> => sendOnce(request, place, pool, options);
      return isStream(request.body) ? await once() : await withRetries(once, options);
    },
    close: () => pool.destroy(),
  };
}

/** The upstream in the region of the bucket, which the response to a HEAD of the bucket names with any status, or by its redirect. */
async function regionOf(
  bucket: string,
  upstream: Upstream,
  pool: Pool,
  options: ClientOptions,
): Promise<Upstream> {
  const head = (): Promise<StoreResponse> => sendOnce({ method: 'HEAD', bucket }, upstream, pool, options);
  const response = await withRetries(head, options);
  response.resume();
  const { 'x-amz-bucket-region': named, location } = response.headers;
  const region = named ?? regionOfUrl(location, bucket, upstream);
  return isRegion(region, upstream) ? inRegion(upstream, region) : upstream;
}

function sendOnce(
  request: StoreRequest,
  upstream: Upstream,
  pool: Pool,
  { clock, signal, credentials = upstream.credentials }: ClientOptions,
): Promise<StoreResponse> {
  const { method, body } = request;
  const { dialect, region, signer, provider } = upstream;
  const { host, path, bucket } = addressOf(resourceOf(request), queryOf(request), upstream);
  const headers: Record<string, string> = {
    'x-amz-content-sha256': provider.signsBodies ? hashOf(body) : UNSIGNED_PAYLOAD,
    ...request.headers,
    host,
  };
  if (body !== undefined && !isStream(body)) headers['content-length'] = String(body.byteLength);
  const now = clock();
  const signed =
    dialect === undefined
      ? { ...headers, ...sign({ method, path, headers }, { credentials, region, now, signer }) }
      : inDialect({ method, path, bucket, headers }, dialect, { credentials, region, now });
  return transmit({ method, path, headers: signed, body, signal }, upstream, pool);
}

function resourceOf({ bucket, objectKey }: StoreRequest): Addressed {
  if (bucket === undefined) return { shape: 'service' };
  return objectKey === undefined ? { shape: 'bucket', bucket } : { shape: 'object', bucket, objectKey };
}

function queryOf({ query = {} }: StoreRequest): string {
  const parameters = Object.entries(query).map(([name, value = '']) => {
    const fault = faultOf({ name, value });
    if (fault !== undefined) throw new TypeError(`a request to the store: ${fault}`);
    return { name, value, hasEquals: query[name] !== undefined };
  });
  return new Query(parameters).encode();
}

function hashOf(body: StoreRequest['body']): string {
  if (isStream(body)) return UNSIGNED_PAYLOAD;
  const hash: Hash = createHash('sha256');
  return (body === undefined ? hash : hash.update(body)).digest('hex');
}

function isStream(body: StoreRequest['body']): body is Readable {
  return body !== undefined && !(body instanceof Uint8Array);
}
