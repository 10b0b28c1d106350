import { createHash } from 'node:crypto';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import aws4 from 'aws4';

/** Sends a signed request. @returns the body of the answer. @throws when its status is not 200 */
export type Send = (asked: {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}) => Promise<string>;

/** The plainest of S3 clients, on one connection: headers as SigV4 demands them, and the hash of the body. */
export function openClient(way: {
  readonly url: string;
  readonly ca: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}): { readonly send: Send; close(): void } {
  const { port } = new URL(way.url);
  const agent = new Agent({ ca: way.ca, keepAlive: true, maxSockets: 1 });
  const send: Send = async ({ method, path, body = '' }) => {
    const headers = { 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') };
    const asked = {
      service: 's3',
      region: way.region,
      method,
      host: `localhost:${port}`,
      path,
      body,
      headers,
    };
    const signed = aws4.sign(asked, way);
    return await new Promise((resolve, reject) => {
      const sent = request({
        method,
        path,
        headers: signed.headers ?? {},
        hostname: 'localhost',
        port,
        agent,
      });
      sent.once('error', reject);
      sent.once('response', (answer) => {
        const whole = text(answer).then((content) => {
          if (answer.statusCode !== 200)
            throw new Error(`${method} ${path}: ${answer.statusCode} ${content}`);
          return content;
        });
        whole.then(resolve, reject);
      });
      sent.end(body);
    });
  };
  return { send, close: () => agent.destroy() };
}
