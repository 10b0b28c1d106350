import type { ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import t from 'tap';
import { pour } from '../../../src/proxy/reply/pour.ts';
import type { StoreResponse } from '../../../src/upstream/response.ts';

const PIECES = [Buffer.alloc(65_536, 'a'), Buffer.alloc(4464, 'b'), Buffer.from('c')];

/** An answer all of whose pieces are there before anybody reads. */
function wholeAnswer(): StoreResponse {
  const response = new Readable({ highWaterMark: 0, read: () => undefined });
  for (const piece of PIECES) response.push(piece);
  response.push(null);
  return Object.assign(response, { complete: true }) as unknown as StoreResponse;
}

t.test('a body that is all there is written whole, of however many pieces it is', async (t) => {
  for (const bytes of [undefined, 70_001]) {
    const client = new PassThrough({ highWaterMark: 1_000_000 });
    let begun = 0;
    const pouring = pour(wholeAnswer(), client as unknown as ServerResponse, () => (begun += 1), bytes);
    t.equal(pouring, undefined, 'and nothing is waited for');
    t.equal(begun, 1);
    t.ok((client.end().read() as Buffer | null)?.equals(PIECES[0] as Buffer));
    t.equal(client.readableLength, 4465);
  }
});
