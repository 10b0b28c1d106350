import t from 'tap';
import { RawHeads } from '../../src/upstream/raw-heads.ts';
import { exchangeOf, socketStore, startWire } from '../e2e/wire.ts';

const CHUNKS = '2\r\nok\r\n0\r\n\r\n';

function faultIn(pieces: readonly string[]): string | undefined {
  const heads = new RawHeads();
  let found: string | undefined;
  for (const piece of pieces) found ??= heads.faultIn(Buffer.from(piece, 'latin1'));
  return found;
}

function headOf(coding: string): string {
  return `HTTP/1.1 200 OK\r\nx: y\r\nTransfer-Encoding:${coding}\r\nx-a: \tb\t\r\n\r\n`;
}

for (const [what, text, fault] of [
  ['a tab', headOf(' chunked\t'), /tab/],
  ['a tab and spaces', headOf('chunked \t '), /tab/],
  [
    'a tab, behind an informational answer',
    `HTTP/1.1 103 Early\r\nx: y\r\n\r\n${headOf(' chunked\t')}`,
    /tab/,
  ],
  ['a line end before it', `\r\n${headOf(' chunked')}`, /begins with something else/],
  ['nothing', headOf(' chunked'), undefined],
  ['a tab before the coding', headOf('\t chunked'), undefined],
  ['a space', headOf(' chunked '), undefined],
  ['a tab in the body alone', `${headOf(' chunked')}\r\nTransfer-Encoding: chunked\t\r\n\r\n`, undefined],
] as const)
  t.test(`a transfer coding with ${what} is judged alike in one piece and byte by byte`, (t) => {
    t.match(faultIn([text]) ?? 'none', fault ?? /^none$/);
    t.match(faultIn(text.split('')) ?? 'none', fault ?? /^none$/);
    t.end();
  });

t.test('a head that drips takes no more than linear time', (t) => {
  const drip = (bytes: number): number => {
    const before = process.threadCpuUsage();
    faultIn(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${' '.repeat(bytes)}`.split(''));
    faultIn([`HTTP/1.1 200 OK\r\nTransfer-Encoding:${' '.repeat(bytes)}\r\n\r\n`]);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
  drip(2048);
  const [short, long] = [drip(2048), drip(16 * 1024)];
  t.ok(long < 40 * short + 50, `${short} ms and ${long} ms for eight times as much`);
  t.end();
});

for (const end of ['', 'Connection: close\r\n'])
  t.test(
    `over http-proxy no chunk sizes reach a client as its object${end && ', at the end of a connection'}`,
    async (t) => {
      const store = await socketStore(t, (socket) => {
        const head = `HTTP/1.1 200 OK\r\nETag: "e"\r\n${end}Transfer-Encoding: chunked\t\r\n\r\n`;
        socket.once('data', () => socket.end(head + CHUNKS));
      });
      const wire = await startWire(t, { port: store.port, transport: 'http-proxy' });
      t.match(await exchangeOf(t, wire.port, ['GET /plain/a HTTP/1.1']), /^HTTP\/1\.1 503 /);
      t.match(wire.log.at(-1), {
        code: 'ServiceUnavailable',
        cause: /not HTTP: there is a tab behind its transfer coding/,
      });
    },
  );
