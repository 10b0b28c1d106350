import type { StoreStep } from '../row.ts';
import { OK, say } from './texts.ts';

/** Where in an answer the store may break off: what has been said by then. */
export const POINTS: Readonly<
  Record<string, { readonly said: readonly StoreStep[]; readonly head: boolean }>
> = {
  'before the head': { said: [], head: false },
  'in the status line': { said: [say('HTTP/1.1 20')], head: false },
  'in the head': { said: [say(`${OK}{echo}content-le`)], head: false },
  'between head and body': { said: [say(`${OK}{echo}content-length: 100000\r\n\r\n`)], head: true },
  'in a body with a length': {
    said: [say(`${OK}{echo}content-length: 100000\r\n\r\n`), { object: [0, 40_000] }],
    head: true,
  },
  'before the first chunk': { said: [say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n`)], head: true },
  'in the size of a chunk': {
    said: [
      say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n`),
      { object: [0, 40_000], chunked: true },
      say('4'),
    ],
    head: true,
  },
  'in a chunk': { said: [say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n100\r\nhello`)], head: true },
  'before the last chunk': {
    said: [say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n`), { object: [0, 40_000], chunked: true }],
    head: true,
  },
  'in the last chunk': {
    said: [say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n`)],
    head: true,
  },
  'in the trailers': {
    said: [say(`${OK}{echo}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-a: b`)],
    head: true,
  },
};
