import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as overPlain, type RequestOptions } from 'node:http';
import { request as overTls } from 'node:https';
import type { FormField } from './bench.ts';
import { lookupLocalhost } from './localhost.ts';

/** GET of a link by somebody who has no credentials. */
export function follow(link: string, ca: string): Promise<Buffer> {
  return ask('the link', link, { method: 'GET', ca });
}

/** A form as browsers send it. */
export async function submit(
  url: string,
  fields: readonly FormField[],
  file: string,
  ca: string,
): Promise<void> {
  const boundary = `matrix-${randomBytes(12).toString('hex')}`;
  const begin = (name: string): string => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
  const before = fields.map(([name, value]) => `${begin(name)}\r\n\r\n${value}\r\n`).join('');
  const head = `${before}${begin('file')}; filename="of-the-matrix"\r\ncontent-type: text/plain\r\n\r\n`;
  const body = Buffer.concat([
    Buffer.from(head),
    await readFile(file),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': body.length,
  };
  await ask('the form', url, { method: 'POST', ca, headers }, body);
}

function ask(
  what: string,
  url: string,
  options: RequestOptions & { readonly ca: string },
  sent?: Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const open = url.startsWith('https:') ? overTls : overPlain;
    open(url, { ...options, lookup: lookupLocalhost }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const { statusCode = 0 } = response;
        if (statusCode === 200 || statusCode === 204) resolve(body);
        else reject(new Error(`${what} answers ${statusCode}: ${body.toString('utf8').slice(0, 300)}`));
      });
    })
      .on('error', reject)
      .end(sent);
  });
}
