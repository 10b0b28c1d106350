import { Readable } from 'node:stream';
import fc from 'fast-check';
import t from 'tap';
import { FormDecoder, type FormHead } from '../../src/forms/form-decoder.ts';
import { S3Error } from '../../src/s3/errors.ts';
import { BOUNDARY, encodeForm, type Part } from '../support/forms.ts';

interface Decoded {
  readonly fields: Record<string, string>;
  readonly head: FormHead;
  readonly length: number;
  readonly file: Buffer;
}

/** Decodes a form that comes in pieces of these sizes, the last size again and again. */
async function decode(
  form: Buffer,
  sizes: readonly number[] = [65536],
  boundary = BOUNDARY,
): Promise<Decoded> {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < form.length; i += 1) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 1;
    pieces.push(form.subarray(at, at + size));
    at += size;
  }
  const decoder = new FormDecoder(boundary, form.length);
  Readable.from(pieces, { objectMode: false }).pipe(decoder);
  const head = await decoder.head;
  const length = await decoder.fileLength();
  const chunks: Buffer[] = [];
  for await (const chunk of decoder) chunks.push(chunk as Buffer);
  return { fields: Object.fromEntries(head.fields), head, length, file: Buffer.concat(chunks) };
}

async function fault(form: Buffer, sizes?: readonly number[]): Promise<string> {
  try {
    await decode(form, sizes);
    return 'ok';
  } catch (error) {
    return error instanceof S3Error ? error.code : String(error);
  }
}

const KEY: Part = ['key', 'a'];
const FILE: Part = ['file', 'hello', 'h.txt'];

t.test('gives fields by lower-case name, then the file and its length', async (t) => {
  const { fields, head, length, file } = await decode(
    encodeForm([['kEy', 'ü\r\nx'], ['Content-Type', 'a/b'], FILE]),
  );
  t.same(fields, { key: 'ü\r\nx', 'content-type': 'a/b' });
  t.equal(head.filename, 'h.txt');
  t.equal(length, 5);
  t.equal(file.toString(), 'hello');
});

t.test('takes an empty file', async (t) => {
  const { length, file } = await decode(encodeForm([KEY, ['file', '', 'h']]));
  t.equal(length, 0);
  t.equal(file.length, 0);
});

t.test('reads the same form however it is cut into pieces', async (t) => {
  const body = Buffer.from(`\r\n--${BOUNDARY.slice(0, -1)}\r\n\r\n--\r\n-`.repeat(30));
  const form = encodeForm([KEY, ['x-amz-meta-a', '--'], ['file', body, 'f']]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 40 }),
      async (sizes) => {
        const { fields, file } = await decode(form, sizes);
        return file.equals(body) && fields.key === 'a' && fields['x-amz-meta-a'] === '--';
      },
    ),
    { numRuns: 200 },
  );
  t.equal((await decode(form, [1])).file.equals(body), true, 'byte by byte');
});

t.test('ignores the fields after a file of up to a megabyte, whatever they say', async (t) => {
  const behind: readonly Part[] = [
    ['submit', 'Upload'],
    ['key', 'other'],
    ['file', 'second', 's.txt'],
    ['', '\xFF'],
    ['note', `${BOUNDARY}--\r\n`],
  ];
  for (const content of ['', 'hello', Buffer.alloc(700_000, `\r\n--${BOUNDARY.slice(0, -1)}`)]) {
    const form = encodeForm([KEY, ['file', content, 'h.txt'], ...behind]);
    for (const sizes of [[1 + (form.length % 7), 33], [65536]]) {
      const { fields, length, file } = await decode(form, typeof content === 'string' ? sizes : [65536]);
      t.same(fields, { key: 'a' });
      t.equal(length, content.length);
      t.ok(file.equals(Buffer.from(content as string)));
    }
  }
});

t.test('refuses anything after the file that is not part of a form, in any pieces', async (t) => {
  const large: Part = ['file', Buffer.alloc(1100 * 1024, 'x'), 'f'];
  const faults: Record<string, Buffer> = {
    'the delimiter in the file': encodeForm([KEY, ['file', `a\r\n--${BOUNDARY}b`, 'f']]),
    'an epilogue': Buffer.concat([encodeForm([KEY, FILE]), Buffer.from('x')]),
    'an end and a field': Buffer.concat([encodeForm([KEY, FILE]), encodeForm([['submit', 'x']])]),
    'no line end': encodeForm([KEY, FILE]).subarray(0, -2),
    'no closing delimiter': encodeForm([KEY, ['file', 'x'.repeat(100), 'f']]).subarray(0, -40),
    'a field without an end': encodeForm([KEY, FILE, ['submit', 'x']]).subarray(0, -4),
    'more than 20 KiB': encodeForm([KEY, FILE, ['submit', 'x'.repeat(20 * 1024)]]),
    'a field behind a large file': encodeForm([KEY, large, ['submit', 'x']]),
    'a second file behind a large one': encodeForm([KEY, large, FILE]),
    'an epilogue behind a large file': Buffer.concat([encodeForm([KEY, large]), Buffer.from('x')]),
    'another boundary': Buffer.from(
      encodeForm([KEY, FILE])
        .toString()
        .replace(/gW--\r\n$/, 'gX--\r\n'),
    ),
  };
  for (const [name, form] of Object.entries(faults))
    for (const size of form.length > 100_000 ? [65536] : [1, 7, 65536])
      t.equal(await fault(form, [size]), 'MalformedPOSTRequest', name);
});

t.test('reads no more than it has before the length is asked for', async (t) => {
  const form = encodeForm([KEY, ['file', Buffer.alloc(500_000, 'x'), 'f']]);
  const decoder = new FormDecoder(BOUNDARY, form.length);
  let given = 0;
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < form.length; at += 10_000) {
      given += 1;
      yield form.subarray(at, at + 10_000);
    }
  }
  Readable.from(pieces(), { objectMode: false, highWaterMark: 1 }).pipe(decoder);
  await decoder.head;
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.ok(given < 20, `${given} pieces`);
  t.equal(await decoder.fileLength(), 500_000);
  decoder.resume();
});

t.test('refuses other bodies than forms, forms without a file, and too much before the file', async (t) => {
  const text = encodeForm([KEY, FILE]).toString();
  const faults: Record<string, readonly [string, string]> = {
    preamble: [`hi\r\n${text}`, 'MalformedPOSTRequest'],
    nothing: ['', 'MalformedPOSTRequest'],
    'bare line feeds': [text.replaceAll('\r\n', '\n'), 'MalformedPOSTRequest'],
    'no disposition': [text.replace(/Content-Disposition[^\r]*/, 'X: y'), 'MalformedPOSTRequest'],
    'no name': [text.replace('name="key"', 'nom="key"'), 'MalformedPOSTRequest'],
    'two names': [text.replace('name="key"', 'name="key"; name="policy"'), 'MalformedPOSTRequest'],
    'not UTF-8': [text.replace('\r\na\r\n', '\r\n\xE4\r\n'), 'MalformedPOSTRequest'],
    'no file': [encodeForm([KEY]).toString(), 'InvalidArgument'],
    'nothing but an end': [`--${BOUNDARY}--\r\n`, 'InvalidArgument'],
    'a field twice': [encodeForm([KEY, ['KEY', 'b'], FILE]).toString(), 'InvalidArgument'],
    'too much': [
      encodeForm([KEY, ['x', 'y'.repeat(20 * 1024)], FILE]).toString(),
      'MaxPostPreDataLengthExceeded',
    ],
  };
  for (const [name, [form, code]] of Object.entries(faults))
    for (const size of [1, 65536]) t.equal(await fault(Buffer.from(form, 'latin1'), [size]), code, name);
});

t.test('joins metadata of the same name with a comma', async (t) => {
  const { fields } = await decode(
    encodeForm([KEY, ['x-amz-meta-tag', 'Ninja'], ['x-amz-meta-tag', 'Stallman'], FILE]),
  );
  t.equal(fields['x-amz-meta-tag'], 'Ninja,Stallman');
});

t.test('neither crashes nor hangs on mutants of a form', async () => {
  const form = encodeForm([KEY, ['policy', 'e30='], ['file', 'x'.repeat(300), 'f']]);
  const mutation = fc.record({
    at: fc.nat(form.length - 1),
    cut: fc.nat(9),
    put: fc.string({ maxLength: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      let mutant = form;
      for (const { at, cut, put } of mutations)
        mutant = Buffer.concat([mutant.subarray(0, at), Buffer.from(put), mutant.subarray(at + cut)]);
      return /^(?:ok|MalformedPOSTRequest|InvalidArgument|MaxPostPreDataLengthExceeded)$/.test(
        await fault(mutant),
      );
    }),
    { numRuns: 2000 },
  );
});
