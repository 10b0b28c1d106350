import { text } from 'node:stream/consumers';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import t from 'tap';
import { AnswerReader } from '../../../src/upstream/direct/answer-reader.ts';
import { Pace, PIECE_BYTES } from '../../../src/upstream/direct/pace.ts';
import type { StoreResponse } from '../../../src/upstream/response.ts';
import { readByUs } from './by-us.ts';

const KIB = 1024;

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function oneByOne(text: string): Buffer[] {
  return Array.from(bytesOf(text), (byte) => Buffer.of(byte));
}

t.test('an answer is the same byte by byte', async (t) => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nx-a: 1\r\n\r\n';
  t.match(await readByUs('GET', oneByOne(text)), {
    status: 200,
    rawHeaders: ['Transfer-Encoding', 'chunked'],
    body: 'hello',
    rawTrailers: ['x-a', '1'],
    complete: true,
    surplus: 0,
  });
});

t.test('a head has 32 KiB at most, however it comes', async (t) => {
  const head = (bytes: number): string => {
    const begin = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-a: ';
    return `${begin}${'a'.repeat(bytes - begin.length - 4)}\r\n\r\n`;
  };
  for (const cut of [(text: string) => [bytesOf(text)], oneByOne]) {
    t.match(await readByUs('GET', cut(head(32 * KIB))), { status: 200, complete: true });
    t.match(await readByUs('GET', cut(head(32 * KIB + 1))), {
      kind: 'refused',
      why: /longer than 32768 bytes/,
    });
  }
});

t.test('a head that drips takes no more than linear time', async (t) => {
  const cost = async (bytes: number): Promise<number> => {
    const before = process.threadCpuUsage();
    await readByUs('GET', oneByOne(`HTTP/1.1 200 ${'a'.repeat(bytes)}`));
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
  // What else the thread did is in some of them.
  const drip = async (bytes: number): Promise<number> =>
    Math.min(await cost(bytes), await cost(bytes), await cost(bytes));
  await cost(4 * KIB);
  const [short, long] = [await drip(4 * KIB), await drip(32 * KIB - 20)];
  t.ok(long < 40 * short + 50, `${short} ms and ${long} ms for eight times as much`);
});

for (const [name, text] of [
  ['another protocol, without a line', 'SSH'],
  ['a bare LF in an unfinished head', 'HTTP/1.1 200 OK\n'],
  ['a chunk size that can become none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz'],
] as const)
  t.test(`${name} is refused without waiting for more`, async (t) => {
    const read = await readByUs('GET', [bytesOf(text)]);
    t.match(read.kind === 'refused' ? read.why : read.fault, /^the answer of the store is not HTTP: /);
  });

t.test('the size line and the trailers of a body in chunks are bounded', async (t) => {
  const begin = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  for (const rest of [`1;a=${'a'.repeat(2 * KIB)}`, `0\r\nx-a: ${'a'.repeat(17 * KIB)}`])
    t.match(await readByUs('GET', oneByOne(begin + rest)), { complete: false, fault: /long/ });
});

t.test('informational answers are counted, and are not the answer', async (t) => {
  const text = `${'HTTP/1.1 103 Early\r\nLink: a\r\n\r\n'.repeat(3)}HTTP/1.1 204 No Content\r\n\r\n`;
  t.match(await readByUs('PUT', [bytesOf(text)]), {
    informed: 3,
    status: 204,
    rawHeaders: [],
    complete: true,
  });
});

t.test('a reader that is left behind an informational answer reads none behind it', (t) => {
  const long = `HTTP/1.1 200 OK\r\nContent-Length: ${9 * 1024 * KIB}\r\n\r\nbody`;
  for (let time = 0; time < 20; time += 1) {
    const reports = {
      informed: () => reader.leave(),
      progressed: () => t.fail('nothing moves'),
      answered: () => t.fail('nobody is told'),
    };
    const ignore = (): void => undefined;
    const reader: AnswerReader = new AnswerReader('GET', reports, { wanted: ignore, full: ignore });
    reader.feed(bytesOf(`HTTP/1.1 103 Early\r\n\r\n${long}`));
    t.notOk(reader.complete);
  }
  const next = new Pace(9 * 1024 * KIB, { trusting: true });
  t.equal(next.most, PIECE_BYTES, 'none of them has the place of a long body');
  next.end();
  t.end();
});

t.test('bytes behind an answer are none of it', async (t) => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1';
  t.match(await readByUs('GET', [bytesOf(text)]), { body: 'ok', complete: true, surplus: 8 });
});

for (const [head, keepAlive] of [
  ['HTTP/1.1 200 OK\r\nContent-Length: 0', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive', true],
  ['HTTP/1.1 404 Not Found', false],
] as const)
  t.test(
    `after "${head.split('\r\n').join(' | ')}" the connection ${keepAlive ? 'stays' : 'ends'}`,
    async (t) => {
      t.equal((await readByUs('GET', [bytesOf(`${head}\r\n\r\n`)])).keepAlive, keepAlive);
    },
  );

/** A reader, and what it said of its answer. */
function reading(): { reader: AnswerReader; answers: StoreResponse[] } {
  const answers: StoreResponse[] = [];
  const ignore = (): void => undefined;
  const reports = {
    informed: ignore,
    progressed: ignore,
    answered: (one: StoreResponse) => void answers.push(one),
  };
  return { reader: new AnswerReader('GET', reports, { wanted: ignore, full: ignore }), answers };
}

const SHORT = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n';

t.test('a short body that comes in one turn of the loop is there with its head, in one piece', async (t) => {
  const { reader, answers } = reading();
  for (const text of [SHORT, 'sea', 'led']) reader.feed(bytesOf(text));
  t.match(answers, [{ complete: true, unstreamed: true, readableLength: 0 }]);
  t.equal(String(answers[0]?.read()), 'sealed');
});

for (const [what, head, body] of [
  ['a short body', SHORT, 'sealed'],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
] as const) {
  t.test(`${what} that is all there can be taken once, and nothing is left for a stream`, async (t) => {
    const { reader, answers } = reading();
    reader.feed(bytesOf(head + body));
    const [answer] = answers;
    t.equal(answer?.takeWhole?.()?.toString(), body);
    t.equal(answer?.takeWhole?.(), undefined);
    t.equal(answer?.unstreamed, true);
    t.equal(await text(answer as StoreResponse), '');
  });

  t.test(
    `${what} that is all there can be read as a stream, and then there is nothing to take`,
    async (t) => {
      const { reader, answers } = reading();
      reader.feed(bytesOf(head + body));
      const [answer] = answers;
      t.equal(await text(answer as StoreResponse), body);
      t.match(answer, { complete: true, unstreamed: false, readableEnded: true });
      t.equal(answer?.takeWhole?.(), undefined);
    },
  );
}

t.test('what was destroyed gives nothing', async (t) => {
  const { reader, answers } = reading();
  reader.feed(bytesOf(`${SHORT}sealed`));
  answers[0]?.destroy();
  t.equal(answers[0]?.takeWhole?.(), undefined);
});

t.test('a head whose short body is late is not held back', async (t) => {
  const { reader, answers } = reading();
  reader.feed(bytesOf(`${SHORT}sea`));
  t.equal(answers.length, 0);
  await turnOfTheLoop();
  t.match(answers, [{ complete: false, readableLength: 3 }]);
  reader.feed(bytesOf('led'));
  t.match(answers, [{ complete: true, readableLength: 6 }]);
});

t.test('what came of a short body is there when the connection ends', async (t) => {
  const { reader, answers } = reading();
  reader.feed(bytesOf(`${SHORT}sea`));
  reader.ended();
  t.match(answers, [{ complete: false, readableLength: 3 }]);
});

t.test('nothing is said of an answer that was left', async (t) => {
  const { reader, answers } = reading();
  reader.feed(bytesOf(`${SHORT}sea`));
  reader.leave();
  await turnOfTheLoop();
  t.equal(answers.length, 0);
});

t.test('a longer body goes on in pieces, and what is left of it at the end of a turn', async (t) => {
  const { reader, answers } = reading();
  reader.feed(bytesOf(`HTTP/1.1 200 OK\r\nContent-Length: ${200 * KIB}\r\n\r\n`));
  const sizes: number[] = [];
  answers[0]?.on('data', (piece: Buffer) => sizes.push(piece.byteLength));
  await turnOfTheLoop();
  for (let record = 0; record < 5; record += 1) reader.feed(Buffer.alloc(16 * KIB));
  t.strictSame(sizes, [64 * KIB]);
  // The connection is read again: what waited there comes before the rest goes on.
  await turnOfTheLoop();
  await turnOfTheLoop();
  t.strictSame(sizes, [64 * KIB, 16 * KIB]);
});
