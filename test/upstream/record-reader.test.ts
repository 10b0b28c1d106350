import { randomBytes, randomInt } from 'node:crypto';
import t from 'tap';
import { RecordReader } from '../../src/upstream/record-reader.ts';

const recordOf = (size: number): Buffer =>
  Buffer.concat([Buffer.of(23, 3, 3, size >> 8, size & 255), randomBytes(size)]);

/** Reads a stream of bytes that comes in pieces of some size. @returns what was handed on, in its pieces */
function readAll(
  reader: RecordReader,
  bytes: Buffer,
  sizeOf: () => number,
  seen: () => void = () => {},
): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const into = reader.buffer;
    if (into.length === 0) throw new RangeError('there is no place for the next byte');
    const count = bytes.copy(into, 0, at, at + Math.min(into.length, sizeOf()));
    at += count;
    reader.take(count, (piece) => pieces.push(Buffer.from(piece)));
    seen();
  }
  return pieces;
}

t.test('what comes is handed on byte for byte, however it is cut', async (t) => {
  for (let round = 0; round < 300; round += 1) {
    const records = Array.from({ length: randomInt(1, 12) }, () =>
      recordOf(randomInt(4) === 0 ? randomInt(0, 40) : randomInt(0, 16 * 1024 + 2049)),
    );
    const most = [1, 2, 5, 6, 100, 5000, 70_000][randomInt(7)] as number;
    const whole = Buffer.concat(records);
    const pieces = readAll(new RecordReader(), whole, () => randomInt(1, most + 1));
    t.ok(whole.equals(Buffer.concat(pieces)), `at most ${most} bytes at once`);
    t.ok(pieces.every(({ length }) => length > 0 && length < 4096));
  }
});

t.test('no more is read than one record and the header of the next', async (t) => {
  const reader = new RecordReader();
  const [first, second] = [recordOf(16_401), recordOf(300)];
  t.equal(reader.buffer.length, 5);
  first.copy(reader.buffer, 0, 0, 5);
  reader.take(5, () => t.fail('a header alone is not handed on'));
  t.equal(reader.buffer.length, 16_401 + 5);
  const pieces: Buffer[] = [];
  const both = Buffer.concat([first.subarray(5), second.subarray(0, 5)]);
  both.copy(reader.buffer);
  reader.take(both.length, (piece) => pieces.push(Buffer.from(piece)));
  t.ok(first.equals(Buffer.concat(pieces)), 'the record, and nothing of the next one');
  t.equal(reader.buffer.length, 300 + 5);
});

t.test('a part of a record is handed on at once', async (t) => {
  const reader = new RecordReader();
  const record = recordOf(1000);
  const pieces = readAll(reader, record.subarray(0, 400), () => 100_000);
  t.ok(record.subarray(0, 400).equals(Buffer.concat(pieces)));
  t.equal(reader.buffer.length, 605 + 5);
});

t.test(
  'what is no record is handed on at once, and so is what follows: it is for TLS to refuse',
  async (t) => {
    const texts = ['HTTP/', 'HTTP/1.1 400 Bad Request', '\x17\x02\x03\x00\x01a', '\x00\x03\x03\x00\x04more'];
    for (const garbage of texts.map((text) => Buffer.from(text, 'latin1')))
      for (const most of [1, 4, 100_000])
        for (const whole of [garbage, Buffer.concat([recordOf(50), garbage])])
          t.ok(
            whole.equals(Buffer.concat(readAll(new RecordReader(), whole, () => most))),
            `${most} at once`,
          );
    for (const bytes of [randomBytes(300_000), Buffer.alloc(300_000), Buffer.alloc(300_000, 255)]) {
      const got = Buffer.concat(readAll(new RecordReader(), bytes, () => 100_000));
      t.ok(bytes.subarray(0, got.length).equals(got));
      t.ok(bytes.length - got.length <= 5, 'but for the header of what would come next');
    }
  },
);
