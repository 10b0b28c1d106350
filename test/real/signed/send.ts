import https from 'node:https';
import { Secret } from '../../../src/secret.ts';
import { presign, sign } from '../../../src/sigv4/sign.ts';

export interface Sent {
  readonly method: string;
  /** With its query, or without. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Client {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Somebody who signs requests to somewhere. */
export type Send = (sent: Sent) => Promise<Answer>;

export function sender(host: string, ca: string, region: string, by: Client, kind: 'headers' | 'link'): Send {
  const credentials = { accessKeyId: by.accessKeyId, secretAccessKey: new Secret(by.secretAccessKey) };
  return ({ method, path, query = {}, headers = {}, body = Buffer.alloc(0) }) => {
    const options = { credentials, region, now: new Date() };
    const encoded = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const target = encoded.length === 0 ? path : `${path}?${encoded.join('&')}`;
    const plain = { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers };
    return kind === 'link'
      ? exchange(host, ca, method, presign({ method, path: target, host }, options), { host }, body)
      : exchange(
          host,
          ca,
          method,
          target,
          { ...plain, ...sign({ method, path: target, headers: plain }, options) },
          body,
        );
  };
}

function exchange(
  host: string,
  ca: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Answer> {
  const [hostname = '', port] = host.split(':');
  const sized = body.length > 0 || method === 'PUT' ? { 'content-length': String(body.length) } : {};
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, method, ca, headers: { ...headers, ...sized }, agent: false };
    const request = https.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    request.setTimeout(30_000, () => request.destroy(new Error('no answer within 30 s')));
    request.once('error', reject).end(body);
  });
}
