import { request as overPlain } from 'node:http';
import { type Agent, request as overTls } from 'node:https';
import type { Ask } from './ask.ts';
import { framed, framingHeaders } from './framing.ts';
import { type By, queryText, type Signed, sha256, signRequest, strictly } from './sign.ts';

export interface Answer {
  /** 0: the store closed the connection or said nothing. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Place {
  readonly endpoint: URL;
  readonly agent: Agent | undefined;
  readonly by: By;
}

const PATIENCE_MS = 8_000;
const EXPIRES = 60;

/** Sends a request to a store, signed as it says, its bytes just as they are given. */
export function send(ask: Ask, path: string, place: Place, now: Date): Promise<Answer> {
  const { method, auth } = ask;
  const body = Buffer.from(ask.body ?? '');
  const timestamp = now.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const own: Record<string, string | readonly string[]> = { host: place.endpoint.host };
  for (const [name, value] of Object.entries(ask.headers ?? {})) own[name.toLowerCase()] = value;
  const query = Object.entries(ask.query ?? {});
  if (auth?.startsWith('presigned')) {
    const asked = presigned(ask, path, own, query, place.by, now);
    return exchange(place, method, asked, own, body);
  }
  const payload = ask.framing
    ? framingHeaders(ask.framing, body)
    : { 'x-amz-content-sha256': ask.payload ?? sha256(body) };
  const all: Record<string, string | readonly string[]> = { ...own, ...payload, 'x-amz-date': timestamp };
  const by = auth === 'with another secret' ? { ...place.by, secretAccessKey: 'another' } : place.by;
  const payloadHash = String(all['x-amz-content-sha256']);
  const signed = signRequest({ method, path, query, headers: all, payloadHash, timestamp }, by);
  const bytes = ask.framing ? framed(ask.framing, body, signed, timestamp) : body;
  const asked = query.length === 0 ? path : `${path}?${queryText(query)}`;
  const authorization = auth === 'none' ? {} : { authorization: authorizationOf(signed, by) };
  return exchange(place, method, asked, { ...all, ...authorization }, bytes);
}

function authorizationOf({ scope, signedHeaders, signature }: Signed, { accessKeyId }: By): string {
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}

function presigned(
  { method, auth }: Ask,
  path: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  query: readonly (readonly [string, string])[],
  by: By,
  now: Date,
): string {
  const past = auth === 'presigned and expired' ? 2 * EXPIRES * 1000 : 0;
  const timestamp = new Date(now.getTime() - past).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const credential = `${by.accessKeyId}/${timestamp.slice(0, 8)}/${by.region}/s3/aws4_request`;
  const all: readonly (readonly [string, string])[] = [
    ...query,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', credential],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(EXPIRES)],
    ['X-Amz-SignedHeaders', Object.keys(headers).toSorted().join(';')],
  ];
  const { signature } = signRequest(
    { method, path, query: all, headers, payloadHash: 'UNSIGNED-PAYLOAD', timestamp },
    by,
  );
  return `${path}?${queryText(all)}&X-Amz-Signature=${strictly(Buffer.from(signature))}`;
}

function exchange(
  { endpoint, agent }: Place,
  method: string,
  path: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: Buffer,
): Promise<Answer> {
  const raw = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value]),
  );
  const sized = method === 'PUT' || method === 'POST' || body.length > 0;
  if (sized && !('content-length' in headers) && !('transfer-encoding' in headers))
    raw.push('content-length', String(body.length));
  const open = endpoint.protocol === 'https:' ? overTls : overPlain;
  return new Promise((resolve) => {
    const nothing = (): void => resolve({ status: 0, headers: {}, body: Buffer.of() });
    const { hostname: host, port } = endpoint;
    const secure = endpoint.protocol === 'https:' ? { agent } : { agent: false };
    const request = open({ host, port, method, path, headers: raw, ...secure }, (response) => {
      const chunks: Buffer[] = [];
      const end = (): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', end).once('error', end);
    });
    request.setTimeout(PATIENCE_MS, () => request.destroy());
    request.once('error', nothing).once('close', nothing);
    request.end(body);
  });
}
