import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import { httpStore } from '../../e2e/wire.ts';

const PREFIX = 'x-amz-server-side-encryption-customer-';

/** An object as the store has it: with the key that it was given first, or in plain. */
interface Appendable {
  content: string;
  readonly key: string | undefined;
}

export interface AppendableStore {
  readonly port: number;
  /** Method and target of each request. */
  readonly asked: string[];
  readonly objects: Map<string, Appendable>;
  /** What becomes of the next append instead. */
  fault: 'none' | 'break' | 'plain' | 'cut';
}

/** A store that appends as OBS documents it: to the end alone, and under the key that the object has. */
export async function appendableStore(t: Test): Promise<AppendableStore> {
  const store: AppendableStore = { port: 0, asked: [], objects: new Map(), fault: 'none' };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request;
    for (const name of ['algorithm', 'key-md5']) response.removeHeader(PREFIX + name);
    const { pathname, searchParams } = new URL(url, 'http://store');
    store.asked.push(`${method} ${url}`);
    if (store.fault === 'cut') {
      // Before anything of its body has come.
      request.socket.destroy();
      return;
    }
    const given = request.headers[`${PREFIX}key`]?.toString();
    const content = await bodyOf(request);
    const found = store.objects.get(pathname);
    const echo =
      given === undefined
        ? {}
        : {
            [`${PREFIX}algorithm`]: 'AES256',
            [`${PREFIX}key-MD5`]: request.headers[`${PREFIX}key-md5`]?.toString() ?? '',
          };
    const refuse = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    };
    if (method === 'HEAD' || method === 'GET') {
      if (!found) refuse(404, 'NoSuchKey');
      else if (found.key !== undefined && found.key !== given) refuse(400, 'InvalidEncryptionAlgorithmError');
      else {
        response.writeHead(200, {
          ...(found.key === undefined ? {} : echo),
          'content-length': found.content.length,
        });
        response.end(method === 'HEAD' ? '' : found.content);
      }
      return;
    }
    if (!searchParams.has('append')) {
      store.objects.set(pathname, { content, key: given });
      response.writeHead(200, { ...echo, etag: '"e"' }).end();
      return;
    }
    const { fault } = store;
    store.fault = 'none';
    if (fault === 'break') {
      request.socket.destroy();
      return;
    }
    const object = found ?? { content: '', key: given };
    if (Number(searchParams.get('position')) !== object.content.length)
      refuse(409, 'PositionNotEqualToLength');
    else if (object.key !== given) refuse(400, 'InvalidEncryptionAlgorithmError');
    else {
      object.content += content;
      store.objects.set(pathname, object);
      const next = { 'x-obs-next-append-position': object.content.length };
      response.writeHead(200, { ...(fault === 'plain' ? {} : echo), ...next, etag: '"e"' }).end();
    }
  };
  const { port } = await httpStore(t, (request, response) => void answer(request, response));
  return Object.assign(store, { port });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
