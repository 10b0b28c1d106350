import { createHmac } from 'node:crypto';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';

export interface ObsRequest {
  readonly method?: string;
  /** Path and query, encoded as it goes out, in path style. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** In chunks, without a length. */
  readonly chunked?: boolean;
  /** `none`: without a signature. */
  readonly scheme?: 'OBS' | 'AWS' | 'none';
  /** Query parameters that are signed, decoded, sorted: `?acl`. */
  readonly signed?: string;
}

export interface ObsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Place {
  readonly url: string;
  readonly ca: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Speaks to a proxy as the SDKs of OBS do, signing by hand: nothing of it is shared with what it tests. */
export function obsClient({ url, ca, credentials }: Place): (asked: ObsRequest) => Promise<ObsAnswer> {
  return ({
    method = 'GET',
    path,
    headers = {},
    body = '',
    scheme = 'OBS',
    signed = '',
    chunked = false,
  }) => {
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const prefix = scheme === 'OBS' ? 'x-obs-' : 'x-amz-';
    const date = new Date().toUTCString();
    const lines = Object.entries(lower)
      .filter(([name]) => name.startsWith(prefix))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}:${value}\n`);
    const day = lower[`${prefix}date`] === undefined ? date : '';
    const type = lower['content-type'] ?? '';
    const text = `${method}\n${lower['content-md5'] ?? ''}\n${type}\n${day}\n${lines.join('')}${path.split('?')[0]}${signed}`;
    const signature = createHmac('sha1', credentials.secretAccessKey).update(text, 'latin1').digest('base64');
    const authorization = `${scheme} ${credentials.accessKeyId}:${signature}`;
    return send(`${url}${path}`, ca, {
      method,
      headers: { date, ...headers, ...(scheme === 'none' ? {} : { authorization }) },
      body,
      chunked,
    });
  };
}

function send(
  url: string,
  ca: string,
  {
    method,
    headers,
    body,
    chunked,
  }: { method: string; headers: Record<string, string>; body: string | Buffer; chunked: boolean },
): Promise<ObsAnswer> {
  const length = chunked
    ? { 'transfer-encoding': 'chunked' }
    : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = (url.startsWith('http:') ? requestPlain : request)(
      url,
      {
        method,
        ca,
        agent: false,
        headers: { ...headers, ...(method === 'GET' || method === 'HEAD' ? {} : length) },
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(pieces).toString('utf8'),
          }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
