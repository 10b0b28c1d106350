import t from 'tap';
import { requestLine } from '../../src/log-line.ts';
import { workerLine } from '../../src/workers/line.ts';

const dress = workerLine(2);

t.test('a line has the number of its worker, and is else as it was', async (t) => {
  const line = requestLine('info', { id: 'A', objectKey: 'ä'.repeat(1000) });
  t.equal(dress(line), `{"worker":2,${line.slice(1)}`);
  t.equal(dress('no object\n'), 'no object\n');
});

t.test('a line that a pipe would not take whole is made shorter, and says so', async (t) => {
  for (const objectKey of [
    'k'.repeat(20_000),
    '\u0001'.repeat(1024),
    '€'.repeat(5000),
    '\ud83d'.repeat(3000),
  ]) {
    const dressed = dress(requestLine('warn', { id: 'A', status: 500, objectKey, cause: objectKey }));
    t.ok(Buffer.byteLength(dressed) <= 4096, String(Buffer.byteLength(dressed)));
    const parsed = JSON.parse(dressed) as Record<string, unknown>;
    t.match(parsed, { worker: 2, id: 'A', status: 500, cut: true });
    t.ok(String(parsed.objectKey).endsWith('…'));
    t.ok(dressed.endsWith('}\n'));
    t.equal(dressed.indexOf('\n'), dressed.length - 1);
  }
  t.ok(
    Buffer.byteLength(dress(`${JSON.stringify({ listen: Array(3000).fill('http://127.0.0.1:1') })}\n`)) <=
      4096,
  );
});
