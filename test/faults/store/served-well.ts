import type { StoreStep } from '../row.ts';
import type { Taking } from './taking.ts';

/** To a DeleteObjects that is quiet. */
const DELETED = '<DeleteResult/>';
const NO_BODY = 'content-length: 0\r\n\r\n';

/**
 * What a good store answers. An object named `length-N` or `chunked-N` has N bytes and is sent with a length or in chunks;
 * any other has the text `hello`.
 */
export function servedWell(request: Taking, encrypts: boolean): readonly StoreStep[] {
  const { method, target } = request;
  const echo = encrypts ? '{echo}' : '';
  const name = target.split('?')[0] ?? '';
  const probe = name.endsWith('.ssec-proxy-probe');
  if (method === 'HEAD' && probe)
    return [{ say: `HTTP/1.1 ${encrypts ? '400 Bad Request' : '200 OK'}\r\n${NO_BODY}` }];
  if (method === 'DELETE') return [{ say: 'HTTP/1.1 204 No Content\r\n\r\n' }];
  if (method === 'POST' && /[?&]delete(?:[=&]|$)/.test(target))
    return [
      { take: 'body' },
      { say: `HTTP/1.1 200 OK\r\ncontent-length: ${DELETED.length}\r\n\r\n${DELETED}` },
    ];
  if (method === 'PUT' || method === 'POST')
    return [{ take: 'body' }, { say: `HTTP/1.1 200 OK\r\n${echo}etag: "e"\r\n${NO_BODY}` }];
  return read(name, method, echo);
}

function read(name: string, method: string, echo: string): readonly StoreStep[] {
  const [, framing, digits] = /\/(length|chunked)-(\d+)$/.exec(name) ?? [];
  const head = `HTTP/1.1 200 OK\r\n${echo}etag: "e"\r\n`;
  const size = Number(digits ?? 5);
  const length = `content-length: ${size}\r\n\r\n`;
  if (method === 'HEAD') return [{ say: head + length }];
  if (framing === undefined) return [{ say: `${head + length}hello` }];
  if (framing === 'length') return [{ say: head + length }, { object: [0, size] }];
  return [
    { say: `${head}transfer-encoding: chunked\r\n\r\n` },
    { object: [0, size], chunked: true },
    { say: '0\r\n\r\n' },
  ];
}
