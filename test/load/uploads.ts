import { createHash } from 'node:crypto';
import type { SmallClient } from './small-client.ts';

/** What stores take for a part that is not the last one, in bytes. */
const PART = 5 * 1024 * 1024;
const PARTS = 3;

/** A multipart upload in single steps, so that something else can happen between them. */
export interface Upload {
  readonly path: string;
  /** Sends the next part, and asks for the list of those that are there. The last one is small. */
  next(): Promise<void>;
  /** Sends what is missing, completes the upload and reads the object. */
  finish(): Promise<void>;
}

/** @throws Error at whatever is not answered as it must be, then and in all steps */
export async function beginUpload(client: SmallClient, path: string): Promise<Upload> {
  const created = await wanted(client, 'POST', `${path}?uploads=`);
  const uploadId = /<UploadId>([^<]+)</.exec(created)?.[1] ?? '';
  const id = encodeURIComponent(uploadId.replaceAll('&amp;', '&'));
  const parts: { readonly body: Buffer; readonly etag: string }[] = [];
  const next = async (): Promise<void> => {
    const number = parts.length + 1;
    const seed = createHash('sha256').update(`${path} ${number}`).digest();
    const body = Buffer.alloc(number < PARTS ? PART : 1000, seed);
    const answer = await client.send('PUT', `${path}?partNumber=${number}&uploadId=${id}`, body);
    if (answer.status !== 200)
      throw new Error(`part ${number} of ${path}: ${answer.status} ${answer.body.toString()}`);
    parts.push({ body, etag: answer.etag });
    const listed = await wanted(client, 'GET', `${path}?uploadId=${id}`);
    const found = [...listed.matchAll(/<PartNumber>/g)].length;
    if (found !== parts.length) throw new Error(`${path}: ${found} of ${parts.length} parts are listed`);
  };
  return {
    path,
    next,
    finish: async () => {
      while (parts.length < PARTS) await next();
      const list = parts.map(
        ({ etag }, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const xml = `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`;
      const completed = await wanted(client, 'POST', `${path}?uploadId=${id}`, xml);
      if (completed.includes('<Error>')) throw new Error(`${path}: ${completed}`);
      const { status, body } = await client.send('GET', path);
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${body.toString()}`);
      if (!body.equals(Buffer.concat(parts.map((part) => part.body))))
        throw new Error(`${path}: other bytes`);
    },
  };
}

async function wanted(client: SmallClient, method: string, path: string, body = ''): Promise<string> {
  const answer = await client.send(method, path, body);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString()}`);
  return answer.body.toString();
}
