import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';

/** How AWS says that a bucket is in another region. */
export type Manner =
  /** 301 PermanentRedirect, with the region in a header. */
  | 'moved'
  /** 307 TemporaryRedirect, as of a bucket that is new. */
  | 'new'
  /** 400 AuthorizationHeaderMalformed, with the region in the document. */
  | 'malformed'
  /** 400 without a word of the region, but to a HEAD of the bucket. */
  | 'mute';

export const HERE = 'us-east-1';
export const THERE = 'eu-west-1';

/** What reached it. */
export interface Seen {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** That of the signature. */
  readonly region: string;
  readonly ssecKey: boolean;
  readonly body: string;
}

export interface AwsStub {
  readonly port: number;
  readonly ca: string;
  readonly seen: Seen[];
  /** Bucket → region. Buckets that are not there are 404. */
  readonly buckets: Map<string, string>;
  manner: Manner;
  /** Leads every name to this host, and keeps them. */
  readonly lookup: LookupFunction;
  readonly names: string[];
}

/** Of a key for an object that has none. */
const IN_PLAIN = '<Message>The encryption parameters are not applicable to this object.</Message>';
const SSEC_PREFIX = 'x-amz-server-side-encryption-customer-';

/**
 * S3 of two regions on one port of this host, over TLS: a bucket is served at the endpoint of its region and with a
 * signature for it, and anywhere else its region is named in one manner or another.
 */
export async function startAwsStub(t: Test): Promise<AwsStub> {
  const names = [HERE, THERE].flatMap((region) => [
    `s3.${region}.amazonaws.com`,
    `*.s3.${region}.amazonaws.com`,
  ]);
  const { ca, ...pair } = await makeCertificates({ names: ['s3.amazonaws.com', ...names], addresses: [] });
  const looked: string[] = [];
  const stub: AwsStub = {
    port: 0,
    ca,
    seen: [],
    buckets: new Map(),
    manner: 'moved',
    names: looked,
    lookup: (name, options, done) => {
      looked.push(name);
      const address = '127.0.0.1';
      if (options.all) done(null, [{ address, family: 4 }]);
      else done(null, address, 4);
    },
  };
  const server = https.createServer(pair, (request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    request.once('end', () => answer(stub, seenOf(request, body), request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(stub, { port: (server.address() as AddressInfo).port });
}

function seenOf({ method = '', headers, url = '' }: IncomingMessage, body: string): Seen {
  const [, region = 'none'] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return { method, host, path: url, region, ssecKey: `${SSEC_PREFIX}key` in headers, body };
}

function answer(stub: AwsStub, seen: Seen, request: IncomingMessage, response: ServerResponse): void {
  stub.seen.push(seen);
  const [, bucket = ''] = /^\/([^/?]*)/.exec(seen.path) ?? [];
  const [, region = HERE] = /^s3\.([^.]+)\.amazonaws\.com$/.exec(seen.host) ?? [];
  const at = stub.buckets.get(bucket);
  const ofBucket = /^\/[^/?]*$/.test(seen.path);
  const location = seen.path.endsWith('?location=');
  if (seen.region !== region) fail(response, 403, 'SignatureDoesNotMatch');
  else if (seen.method === 'PUT' && ofBucket) {
    stub.buckets.set(bucket, region);
    response.end();
  } else if (at === undefined) fail(response, 404, 'NoSuchBucket');
  else if (location)
    response.end(`<LocationConstraint xmlns="urn:a">${at === HERE ? '' : at}</LocationConstraint>`);
  else if (at !== region) elsewhere(stub, at, ofBucket, seen, response);
  else if (seen.path.endsWith('/in-plain') && seen.ssecKey)
    fail(response, 400, 'InvalidRequest', {}, IN_PLAIN);
  else {
    for (const name of ['algorithm', 'key-md5']) {
      const value = request.headers[SSEC_PREFIX + name];
      if (value !== undefined) response.setHeader(SSEC_PREFIX + name, value);
    }
    if (seen.method === 'PUT') response.setHeader('etag', '"e"');
    const body = /^\/[^/?]*(?:\?|$)/.test(seen.path) ? '<ListBucketResult/>' : 'content';
    response.end(seen.method === 'GET' ? body : '');
  }
}

function elsewhere(
  { manner }: AwsStub,
  at: string,
  ofBucket: boolean,
  { method }: Seen,
  response: ServerResponse,
): void {
  const named = { 'x-amz-bucket-region': at };
  if (manner === 'moved') fail(response, 301, 'PermanentRedirect', named);
  else if (manner === 'new') fail(response, 307, 'TemporaryRedirect', named);
  else if (method === 'HEAD' && ofBucket) fail(response, 400, 'BadRequest', named);
  else if (manner === 'mute') fail(response, 400, 'AuthorizationHeaderMalformed');
  else fail(response, 400, 'AuthorizationHeaderMalformed', {}, `<Region>${at}</Region>`);
}

function fail(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  more = '',
): void {
  response.writeHead(status, headers);
  response.end(`<Error><Code>${code}</Code>${more}</Error>`);
}
