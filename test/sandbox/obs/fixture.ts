import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Test } from 'tap';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { ACCESS, REGION, startFixture } from '../fixture.ts';

export const DOMAIN = 'obs.store.test';
export const BUCKET = 'bucket';

interface Asked {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly path: string;
  /** The bucket in the Host header; '' for the endpoint itself. */
  readonly bucket?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly scheme?: 'OBS' | 'AWS' | 'none';
  /** What is signed behind the bucket, where that is not the path. */
  readonly resource?: string;
  readonly secret?: string;
  readonly chunked?: boolean;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ObsFixture {
  readonly ask: (asked: Asked) => Promise<Answered>;
  readonly disk: () => Promise<Buffer[]>;
  readonly port: number;
  readonly ca: string;
}

/** A sandbox of OBS with one bucket, gone when the test ends. */
export async function startObs(
  t: Test,
  overrides: { plain?: boolean } & Partial<SandboxOptions> = {},
): Promise<ObsFixture> {
  const fixture = await startFixture(t, {
    profile: 'obs',
    domains: [DOMAIN],
    buckets: [BUCKET],
    ...overrides,
  });
  const { sandbox, ca, disk } = fixture;
  const secure = sandbox.url.startsWith('https');
  return { ask: (asked) => send(sandbox.port, secure ? ca : undefined, asked), disk, port: sandbox.port, ca };
}

/** SSE-C headers behind the prefix: `x-obs-` or `x-obs-copy-source-`. */
export function keyHeaders(bytes: Buffer, prefix = 'x-obs-'): Record<string, string> {
  const name = `${prefix}server-side-encryption-customer-`;
  return {
    [`${name}algorithm`]: 'AES256',
    [`${name}key`]: bytes.toString('base64'),
    [`${name}key-md5`]: createHash('md5').update(bytes).digest('base64'),
  };
}

async function send(port: number, ca: string | undefined, asked: Asked): Promise<Answered> {
  const { method, path, bucket = BUCKET, body, chunked = false } = asked;
  const headers: Record<string, string> = {
    host: bucket === '' ? DOMAIN : `${bucket}.${DOMAIN}`,
    date: new Date().toUTCString(),
    ...(body === undefined || chunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...(chunked ? { 'transfer-encoding': 'chunked' } : {}),
    ...asked.headers,
  };
  if (asked.scheme !== 'none') headers.authorization ??= authorizationOf(asked, bucket, headers);
  const options = { method, host: '127.0.0.1', port, path, headers, agent: false as const };
  return await new Promise((resolve, reject) => {
    const outgoing =
      ca === undefined ? httpRequest(options) : httpsRequest({ ...options, ca, servername: 'localhost' });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : Buffer.from(body));
  });
}

const SIGNED =
  /^(?:acl|append|attname|delete|encryption|lifecycle|location|metadata|modify|name|policy|position|quota|rename|response-.*|storage(?:class|info|policy)|truncate|length|uploads|uploadid|partnumber|versionid|versions|versioning|tagging)$/i;

/** A signer of the tests' own: the texts that it signs stand in the vectors of the real SDKs too. */
function authorizationOf(asked: Asked, bucket: string, headers: Record<string, string>): string {
  const { scheme = 'OBS', secret = ACCESS.secretAccessKey } = asked;
  const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
  const own = Object.keys(headers)
    .filter((name) => name.startsWith(prefix))
    .toSorted()
    .map((name) => `${name}:${headers[name]?.trim()}\n`);
  const [path = '', query = ''] = asked.path.split('?');
  const signed = query
    .split('&')
    .filter((one) => SIGNED.test(one.split('=')[0] ?? '') || one.startsWith(prefix))
    .map((one) => decodeURIComponent(one))
    .toSorted();
  const resource =
    asked.resource ??
    `${bucket === '' ? '' : `/${bucket}`}${path}${signed.length === 0 ? '' : `?${signed.join('&')}`}`;
  const date = headers[`${prefix}date`] === undefined ? (headers.date ?? '') : '';
  const lines = [asked.method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date];
  const text = `${lines.join('\n')}\n${own.join('')}${resource}`;
  return `${scheme} ${ACCESS.accessKeyId}:${createHmac('sha1', secret).update(text).digest('base64')}`;
}

export { ACCESS, REGION };
