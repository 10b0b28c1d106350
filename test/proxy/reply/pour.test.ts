import type { ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { setTimeout as pause, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import t from 'tap';
import { pour, wholeBody } from '../../../src/proxy/reply/pour.ts';
import type { StoreResponse } from '../../../src/upstream/response.ts';
import { areManySlow } from '../../../src/upstream/slow-clients.ts';
import { eventually } from '../../e2e/wire.ts';

/** An answer all of whose pieces are there before anybody reads. */
function answerOf(pieces: readonly string[], { complete = true } = {}): StoreResponse {
  const response = new Readable({ highWaterMark: 0, read: () => undefined });
  for (const piece of pieces) response.push(piece);
  if (complete) response.push(null);
  return Object.assign(response, { complete }) as unknown as StoreResponse;
}

t.test('a small body that is all there is given whole, of however many pieces it is', async (t) => {
  t.equal(String(wholeBody(answerOf(['se', 'al', 'ed']), undefined)), 'sealed');
  t.equal(String(wholeBody(answerOf(['se', 'al', 'ed']), 6)), 'sealed');
  t.equal(wholeBody(answerOf([]), 0)?.length, 0);
});

t.test('a body is not given whole that is not all there, not as long as announced, or large', async (t) => {
  t.equal(wholeBody(answerOf(['sea'], { complete: false }), undefined), undefined);
  t.equal(wholeBody(answerOf(['sea']), 6), undefined);
  t.equal(wholeBody(answerOf(['x'.repeat(64 * 1024 + 1)]), undefined), undefined);
});

t.test('an answer whose body was given whole has ended: its connection is free', async (t) => {
  for (const pieces of [[], ['sealed'], ['se', 'al', 'ed']]) {
    const answer = answerOf(pieces);
    wholeBody(answer, undefined);
    await turnOfTheLoop();
    t.ok(answer.readableEnded, `${pieces.length} pieces`);
  }
});

/** Takes each piece in a later turn of the loop, and has room for all of them meanwhile. */
function slowClient(): { client: ServerResponse; mostHeld: () => number; taken: () => string } {
  let most = 0;
  let taken = '';
  const client = new Writable({
    highWaterMark: 1024,
    write(piece: Buffer, _encoding, done) {
      setImmediate(() => {
        most = Math.max(most, client.writableLength);
        taken += String(piece);
        done();
      });
    },
  });
  return { client: client as ServerResponse, mostHeld: () => most, taken: () => taken };
}

for (const [name, oneByOne, most] of [
  ['a client that may be slow gets the next piece when it has taken the last', true, 2],
  ['all others get what is there', false, 6],
] as const)
  t.test(name, async (t) => {
    const { client, mostHeld, taken } = slowClient();
    const answer = Object.assign(answerOf(['se', 'al', 'ed']), { oneByOne });
    await pour(answer, client, () => undefined, { bytes: 6 });
    await new Promise<void>((resolve) => client.end(resolve));
    t.equal(taken(), 'sealed');
    t.equal(mostHeld(), most);
  });

t.test(
  'an answer waits for its client from the piece on that is not taken, until it is, or the client leaves',
  async (t) => {
    const takings: (() => void)[] = [];
    const pours = Array.from({ length: 17 }, () => {
      const client = new Writable({
        highWaterMark: 1,
        write: (_piece, _encoding, done) => void takings.push(done),
      }) as ServerResponse;
      const poured = pour(answerOf(['sealed', 'too']), client, () => undefined);
      return { client, over: poured.catch((error: unknown) => error) };
    });
    await eventually(() => takings.length === 17);
    await pause(150);
    t.ok(areManySlow());
    takings[0]?.();
    await turnOfTheLoop();
    t.ok(areManySlow(), '16 are left');
    pours[1]?.client.destroy();
    await turnOfTheLoop();
    t.notOk(areManySlow(), '15 are left');
    for (const { client } of pours.slice(2)) client.destroy();
    t.equal(await pours[0]?.over, undefined, 'all of it was written');
    for (const { over } of pours.slice(1)) t.type(await over, Error);
    await pause(150);
    t.notOk(areManySlow());
  },
);
