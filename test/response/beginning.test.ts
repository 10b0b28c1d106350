import { Readable } from 'node:stream';
import t from 'tap';
import { beginningOf } from '../../src/response/beginning.ts';
import type { StoreResponse } from '../../src/upstream/response.ts';

/** An answer whose body comes in these pieces. `whole`: all came that was announced. */
function answerOf(pieces: readonly string[], whole = true): StoreResponse {
  const left = pieces.map((piece) => Buffer.from(piece, 'latin1'));
  const response = new Readable({
    read() {
      const piece = left.shift();
      // Its end comes in another turn than its last byte, as behind chunks.
      setImmediate(() => {
        if (piece) this.push(piece);
        else if (whole) {
          Object.assign(response, { complete: true });
          this.push(null);
        } else this.destroy();
      });
    },
  });
  return Object.assign(response, { complete: false }) as unknown as StoreResponse;
}

async function textOf(response: StoreResponse): Promise<string> {
  let text = '';
  for await (const piece of response as AsyncIterable<Buffer>) text += piece.toString('latin1');
  return text;
}

t.test('a document and what is none are put back whole', async (t) => {
  for (const [document, begins] of [
    ['<?xml version="1.0"?>\n<A>b</A>', { kind: 'document', root: 'a' }],
    ['{"a":1}', { kind: 'document', root: '{' }],
    ['text', { kind: 'other' }],
    [`${' '.repeat(3000)}<A/>`, { kind: 'other' }],
  ] as const)
    for (const size of [1, 5, 4000]) {
      const pieces = document.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const response = answerOf(pieces);
      t.same(await beginningOf(response, 60_000), begins, document.slice(0, 20));
      t.equal(await textOf(response), document, document.slice(0, 20));
    }
});

t.test('what says nothing is nothing, once it has ended', async (t) => {
  for (const pieces of [[], [' '], ['<?xml version="1.0"?>', '\n'], ['<!-- a', ' -->']])
    t.same(await beginningOf(answerOf(pieces), 60_000), { kind: 'nothing' }, pieces.join(''));
  const ended = answerOf([]);
  await textOf(ended);
  t.same(await beginningOf(ended, 60_000), { kind: 'nothing' }, 'also when that is past');
  for (const cut of ['<', '<!-- a', '<?xml'])
    t.same(await beginningOf(answerOf([cut]), 60_000), { kind: 'other' }, cut);
});

t.test('an answer that breaks off is none, before its beginning and behind white space', async (t) => {
  for (const pieces of [[], [' '], ['<Tag']])
    await t.rejects(beginningOf(answerOf(pieces, false), 60_000), { code: 'ServiceUnavailable' });
  const gone = answerOf(['<A/>']);
  gone.destroy();
  await t.rejects(beginningOf(gone, 60_000), { code: 'ServiceUnavailable' });
});

t.test('one that drips has an end', async (t) => {
  const drips = new Readable({ read: () => undefined });
  drips.on('error', () => undefined);
  const response = Object.assign(drips, { complete: false }) as unknown as StoreResponse;
  await t.rejects(beginningOf(response, 20), { code: 'ServiceUnavailable', cause: { late: 'document' } });
});
