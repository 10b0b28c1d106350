import t from 'tap';
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
  const drip = async (bytes: number): Promise<number> => {
    const begin = performance.now();
    await readByUs('GET', oneByOne(`HTTP/1.1 200 ${'a'.repeat(bytes)}`));
    return performance.now() - begin;
  };
  await drip(4 * KIB);
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
