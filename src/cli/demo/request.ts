import { createHash } from 'node:crypto';
import https from 'node:https';
import type { Credentials } from '../../secret.ts';
import { sign } from '../../sigv4/sign.ts';

interface Question {
  readonly base: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly credentials: Credentials;
  readonly ca: string;
  readonly region: string;
}

/** A request as it was made and what came back. */
export interface Ask {
  readonly question: string;
  readonly status: number;
  readonly answer: string;
}

/** One signed request over HTTPS, as any S3 client would make it. */
export async function ask({
  base,
  method,
  path,
  body = '',
  credentials,
  ca,
  region,
}: Question): Promise<Ask> {
  const url = new URL(base);
  const headers = {
    host: url.host,
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
  };
  const signature = sign({ method, path, headers }, { credentials, region, now: new Date() });
  return await new Promise((resolve, reject) => {
    const length = { 'content-length': Buffer.byteLength(body) };
    const options = {
      method,
      path,
      ca,
      rejectUnauthorized: true,
      host: url.hostname,
      port: url.port,
      headers: { ...headers, ...signature, ...length },
    };
    const request = https.request(options, (response) => {
      response.setEncoding('utf8');
      let answer = '';
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.once('end', () =>
        resolve({ question: `${method} ${base}${path}`, status: response.statusCode ?? 0, answer }),
      );
      response.once('error', reject);
    });
    request.once('error', reject).end(body);
  });
}
