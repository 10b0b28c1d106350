import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { Test } from 'tap';
import { makeCertificates } from '../../src/cli/certificate.ts';
import { WireHeaders } from '../../src/s3/headers.ts';
import { parseTarget, type Target } from '../../src/s3/target.ts';
import type { Credentials } from '../../src/secret.ts';
import { OBS } from '../../src/sigv2/scheme.ts';

import { stringsToSign } from '../../src/sigv2/string-to-sign.ts';

export const HERE = 'eu-de';
export const THERE = 'eu-west-101';
const HOSTS = [HERE, THERE].map((region) => `obs.${region}.myhuaweicloud.eu`);
const CUSTOMER = 'x-obs-server-side-encryption-customer-';

/** What reached it: method, region of the host, bucket and raw path. */
interface Seen {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Stored {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly keyMd5: string | undefined;
}

export interface ObsStub {
  readonly port: number;
  readonly ca: string;
  readonly lookup: LookupFunction;
  readonly seen: Seen[];
  readonly objects: Map<string, Stored>;
  /** Bucket → region; those that are not in it are here. */
  readonly buckets: Map<string, string>;
  /** Where a redirect leads, in place of the bucket's host there. */
  location: string | undefined;
  /** Access key id → secret. */
  readonly secrets: Map<string, string>;
  /** Access keys that are blocked. */
  readonly blocked: Set<string>;
  /** Requests that are refused for their signature whatever it is, by their raw path. */
  readonly odd: Set<string>;
  /** Does not say under which key it keeps what it is given. */
  mute: boolean;
  /** Headers of every answer. */
  readonly more: Record<string, string>;
}

/**
 * A small OBS of two regions over TLS, in memory: it verifies each signature from what is on the wire, takes the bucket in
 * the host alone, and refuses headers of S3.
 */
export async function startObsStub(t: Test, credentials: Credentials): Promise<ObsStub> {
  const names = HOSTS.flatMap((host) => [host, `*.${host}`]);
  const { ca, ...pair } = await makeCertificates({ names: ['obs.test', ...names], addresses: [] });
  const stub: ObsStub = {
    port: 0,
    ca,
    seen: [],
    objects: new Map(),
    buckets: new Map(),
    location: undefined,
    secrets: new Map([[credentials.accessKeyId, credentials.secretAccessKey.reveal()]]),
    blocked: new Set(),
    odd: new Set(),
    mute: false,
    more: {},
    lookup: (_name, options, done) => {
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
    request.once('end', () => {
      const { method = '', url: rawTarget = '', rawHeaders } = request;
      const headers = new WireHeaders(rawHeaders);
      const host = (headers.single('host') ?? '').replace(/:\d+$/, '');
      const target = parseTarget(rawTarget, host, HOSTS);
      const region = HOSTS.findIndex((one) => host.endsWith(one)) === 1 ? THERE : HERE;
      const bucket = target.shape === 'service' ? '' : target.bucket;
      const kept = Object.fromEntries([...headers.names()].map((name) => [name, headers.joined(name) ?? '']));
      stub.seen.push({ line: `${method} ${region} ${bucket} ${rawTarget}`, headers: kept, body });
      const incoming = { method, rawTarget, headers, host, target, region, bucket, body };
      const { status, fields = {}, text = '' } = answer(stub, incoming);
      const code = /<Code>(.*)<\/Code>/.exec(text)?.[1];
      const head = {
        'x-obs-request-id': '0'.repeat(32),
        server: 'OBS',
        ...(method === 'HEAD' && code !== undefined && { 'x-obs-error-code': code }),
        ...stub.more,
        ...fields,
      };
      response.writeHead(status, head).end(method === 'HEAD' ? '' : Buffer.from(text, 'latin1'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return Object.assign(stub, { port: (server.address() as AddressInfo).port });
}

interface Incoming {
  readonly method: string;
  readonly rawTarget: string;
  readonly headers: WireHeaders;
  readonly host: string;
  readonly target: Target;
  readonly region: string;
  readonly bucket: string;
  readonly body: string;
}

interface Said {
  readonly status: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly text?: string;
}

function answer(stub: ObsStub, incoming: Incoming): Said {
  const { headers, target, region, bucket, method, rawTarget } = incoming;
  const foreign = [...headers.names()].filter((name) => /^x-(?!obs-)/.test(name));
  if (foreign.length > 0) return fault(400, 'InvalidRequest', foreign.join());
  if (HOSTS.includes(incoming.host) && target.shape !== 'service')
    return fault(403, 'VirtualHostDomainRequired');
  const at = stub.buckets.get(bucket) ?? HERE;
  if (target.shape !== 'service' && at !== region) {
    const location = stub.location ?? `https://${bucket}.obs.${at}.myhuaweicloud.eu${rawTarget}`;
    return { ...fault(307, 'TemporaryRedirect'), fields: { location } };
  }
  const wrong = wrongSignature(stub, incoming);
  if (wrong !== undefined) return fault(wrong === 'TooManyWrongSignature' ? 400 : 403, wrong);
  if (target.shape === 'service') return { status: 200, text: '<ListAllMyBucketsResult/>' };
  if (target.query.has('location')) return { status: 200, text: `<Location>${at}</Location>` };
  if (target.shape === 'bucket') return { status: 200, text: '<ListBucketResult/>' };
  const name = `${bucket}/${target.objectKey}`;
  return method === 'PUT' ? write(stub, name, incoming) : read(stub, name, headers);
}

function write(stub: ObsStub, name: string, { headers, body }: Incoming): Said {
  const keyMd5 = headers.single(`${CUSTOMER}key-md5`);
  const kept = [...headers.names()].filter(
    (one) => one.startsWith('x-obs-meta-') || one === 'x-obs-storage-class',
  );
  const own = Object.fromEntries(kept.map((one) => [one, headers.joined(one) ?? '']));
  stub.objects.set(name, { body, headers: own, keyMd5 });
  return {
    status: 200,
    fields: { etag: '"0123456789abcdef0123456789abcdef"', ...echo(stub.mute ? undefined : keyMd5) },
  };
}

function read(stub: ObsStub, name: string, headers: WireHeaders): Said {
  const stored = stub.objects.get(name);
  if (!stored) return fault(404, 'NoSuchKey');
  if (headers.single(`${CUSTOMER}key-md5`) !== stored.keyMd5)
    return fault(400, 'InvalidEncryptionAlgorithmError');
  const length = String(stored.body.length);
  const fields = { etag: '"0123456789abcdef0123456789abcdef"', ...stored.headers, ...echo(stored.keyMd5) };
  return { status: 200, fields: { 'content-length': length, ...fields }, text: stored.body };
}

function echo(keyMd5: string | undefined): Readonly<Record<string, string>> {
  return keyMd5 === undefined ? {} : { [`${CUSTOMER}algorithm`]: 'AES256', [`${CUSTOMER}key-md5`]: keyMd5 };
}

function wrongSignature(stub: ObsStub, { method, target, rawTarget, headers }: Incoming): string | undefined {
  const [, id = '', signature = ''] = /^OBS ([^:]+):(.+)$/.exec(headers.single('authorization') ?? '') ?? [];
  const secret = stub.secrets.get(id);
  if (stub.blocked.has(id)) return 'TooManyWrongSignature';
  if (secret === undefined) return 'InvalidAccessKeyId';
  if (stub.odd.has(rawTarget)) return 'SignatureDoesNotMatch';
  const texts = stringsToSign(
    { method, target, rawTarget, headers, dates: [headers.single('date') ?? ''] },
    OBS,
  );
  return texts.some((text) => hmacSha1(secret, text) === signature) ? undefined : 'SignatureDoesNotMatch';
}

function fault(status: number, code: string, message = code): Said {
  return { status, text: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` };
}

function hmacSha1(secret: string, text: string): string {
  return createHmac('sha1', secret).update(text, 'latin1').digest('base64');
}
