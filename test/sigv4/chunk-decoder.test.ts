import { once } from 'node:events';
import t from 'tap';
import { ChunkDecoder, type ChunkOptions } from '../../src/sigv4/chunk-decoder.ts';
import { chunkSignatures, UNVERIFIED_CHUNKS } from '../../src/sigv4/chunk-trailers.ts';
import { SigningKey } from '../../src/sigv4/signing-key.ts';
import { through } from '../../src/steps.ts';
import { decode, split } from '../support/decoding.ts';
import { crcOf, type Framing, frame, type Part, type Signing } from '../support/wire-requests.ts';
import { CHUNKED, type ChunkVector, DECODED, WITH_TRAILER, wireBody } from './chunk-vectors.ts';
import { EXAMPLE } from './vectors.ts';

const SIGNING: Signing = EXAMPLE;
const signatures = (seed: string): ReturnType<typeof chunkSignatures> =>
  chunkSignatures({
    seed,
    timestamp: EXAMPLE.timestamp,
    scope: EXAMPLE.scope,
    signingKey: new SigningKey(EXAMPLE.secretAccessKey, EXAMPLE.scope),
  });
const optionsOf = ({ seed, trailer }: ChunkVector): ChunkOptions => ({
  decodedLength: DECODED.length,
  signatures: signatures(seed),
  trailers: trailer && [trailer.name],
});

const SEED = '5'.repeat(64);
const DATA = 'The quick brown fox. '.repeat(1000);
const CRC = 'x-amz-checksum-crc32';
const framedOptions = (framing: Framing, data = DATA): ChunkOptions => ({
  decodedLength: data.length,
  signatures: framing === 'unsigned trailer' ? undefined : signatures(SEED),
  trailers: framing === 'chunks' ? undefined : [CRC],
});
const partsOf = (framing: Framing, data = DATA): Part[] =>
  frame(data, {
    framing,
    seed: SEED,
    signing: SIGNING,
    trailer: framing === 'chunks' ? undefined : [CRC, crcOf(data)],
  });
const textOf = (parts: readonly Part[]): string => parts.map(({ value }) => value).join('');
const FRAMINGS: readonly Framing[] = ['chunks', 'chunks and trailer', 'unsigned trailer'];

for (const vector of [CHUNKED, WITH_TRAILER]) {
  t.test(`decodes the documented example: ${vector.name}`, async (t) => {
    const wire = wireBody(vector);
    if (vector === CHUNKED) t.equal(wire.length, 66_824, 'as long as its Content-Length says');
    const trailers = vector.trailer ? { [vector.trailer.name]: vector.trailer.value } : {};
    for (const sizes of [[1], [2], [3], [7], [1, 65_000], [85, 1, 1], [66_000, 1], [wire.length]]) {
      const { code, data, trailers: seen } = await decode(split(wire, sizes), optionsOf(vector));
      t.equal(code, undefined, `in pieces of ${sizes.join()}`);
      t.ok(data === DECODED);
      t.same(seen, trailers);
    }
  });

  t.test(`every digit of a signature matters: ${vector.name}`, async (t) => {
    const wire = wireBody(vector);
    const found = [...vector.chunks.map(([, signature]) => signature), vector.trailer?.signature ?? ''];
    for (const signature of found.filter(Boolean)) {
      for (const at of [0, 31, 63]) {
        const digit = signature[at] === '0' ? '1' : '0';
        const other = signature.slice(0, at) + digit + signature.slice(at + 1);
        const { code } = await decode(split(wire.replace(signature, other), [9000]), optionsOf(vector));
        t.equal(code, 'SignatureDoesNotMatch');
      }
    }
  });
}

t.test('decodes every framing, however small its body is and however it is cut', async (t) => {
  for (const framing of FRAMINGS) {
    for (const data of ['', 'x', DATA]) {
      for (const sizes of [[1], [5, 1, 8190, 3], [100_000]]) {
        const decoded = await decode(
          split(textOf(partsOf(framing, data)), sizes),
          framedOptions(framing, data),
        );
        t.match(decoded, { code: undefined, data }, `${framing}, ${data.length} bytes`);
      }
    }
  }
});

t.test(
  'takes the trailers as minio-go writes them: a line feed, a blank line, then the signature',
  async (t) => {
    const parts = partsOf('chunks and trailer').map((part) =>
      part.name === 'trailer end' ? { ...part, value: '\n\r\n' } : part,
    );
    for (const sizes of [[1], [100_000]]) {
      const { code, data, trailers } = await decode(
        split(textOf(parts), sizes),
        framedOptions('chunks and trailer'),
      );
      t.equal(code, undefined);
      t.ok(data === DATA);
      t.same(trailers, { [CRC]: crcOf(DATA) });
    }
    const unsigned = textOf(partsOf('unsigned trailer')).replace(/\r\n\r\n$/, '\n\r\n');
    t.match(await decode(split(unsigned, [1]), framedOptions('unsigned trailer')), {
      code: undefined,
      data: DATA,
    });
  },
);

t.test('takes blank lines before and after the trailers, and none at the end', async (t) => {
  for (const framing of FRAMINGS) {
    const parts = partsOf(framing);
    const last = parts.findLastIndex(({ name }) => name.startsWith('line end'));
    const before = parts.toSpliced(last + 1, 0, { name: 'blank', value: '\r\n' });
    const wires = {
      before: textOf(before),
      after: `${textOf(parts)}\r\n`,
      without: textOf(parts.slice(0, -1)),
    };
    for (const [name, wire] of Object.entries(wires)) {
      const { code, data } = await decode(split(wire, [1]), framedOptions(framing));
      t.equal(code, undefined, `${framing}: ${name}`);
      t.ok(data === DATA);
    }
  }
});

t.test('refuses whatever is not the framing', async (t) => {
  const wires: Readonly<Record<string, readonly [code: string, change: (wire: string) => string]>> = {
    'nothing at all': ['IncompleteBody', () => ''],
    'no last chunk': ['IncompleteBody', (wire) => wire.replace(/\r\n0[\r;][\s\S]*$/, '\r\n')],
    'a size that is no number': ['IncompleteBody', (wire) => `g${wire.slice(1)}`],
    'a size with a sign': ['IncompleteBody', (wire) => `+${wire}`],
    'a size with 0x': ['IncompleteBody', (wire) => `0x${wire}`],
    'a size with a space': ['IncompleteBody', (wire) => ` ${wire}`],
    'a size that is too large': ['IncompleteBody', (wire) => `f${wire}`],
    'an endless size': ['IncompleteBody', () => '0'.repeat(100_000)],
    'a bare line feed after the size': ['IncompleteBody', (wire) => wire.replace('\r\n', '\n')],
    'an extension that nobody knows': ['IncompleteBody', (wire) => wire.replace('\r\n', ';a=b\r\n')],
    'a byte too much in a chunk': ['IncompleteBody', (wire) => wire.replace('fox', 'foxy')],
    'a line behind the end': ['IncompleteBody', (wire) => `${wire}x: y\r\n`],
    'bytes behind the end': ['IncompleteBody', (wire) => `${wire}xyz`],
    'a chunk behind the end': ['IncompleteBody', (wire) => `${wire}1\r\nx\r\n`],
  };
  for (const framing of FRAMINGS) {
    for (const [name, [code, change]] of Object.entries(wires)) {
      for (const sizes of [[1], [100_000]]) {
        const decoded = await decode(split(change(textOf(partsOf(framing))), sizes), framedOptions(framing));
        t.equal(decoded.code, code, `${framing}: ${name}`);
      }
    }
  }
});

t.test('requires signatures exactly where the mode has them', async (t) => {
  const unsigned = await decode(split(textOf(partsOf('unsigned trailer')), [999]), framedOptions('chunks'));
  t.equal(unsigned.code, 'IncompleteBody');
  const signed = await decode(split(textOf(partsOf('chunks')), [999]), framedOptions('unsigned trailer'));
  t.equal(signed.code, 'IncompleteBody');
  const plain = textOf(
    partsOf('chunks and trailer').filter(({ name }) => !name.startsWith('trailer signature')),
  );
  t.equal(
    (await decode(split(plain, [999]), framedOptions('chunks and trailer'))).code,
    'MalformedTrailerError',
  );
});

t.test('requires as many bytes as the request says', async (t) => {
  for (const framing of FRAMINGS) {
    for (const decodedLength of [0, DATA.length - 1, DATA.length + 1]) {
      const decoded = await decode(split(textOf(partsOf(framing)), [999]), {
        ...framedOptions(framing),
        decodedLength,
      });
      t.equal(decoded.code, 'IncompleteBody', `${framing}: ${decodedLength}`);
    }
  }
});

t.test('requires 8 KiB in every signed chunk except the last', async (t) => {
  const wire = (chunkBytes: number): string =>
    textOf(frame(DATA, { framing: 'chunks', chunkBytes, seed: SEED, signing: SIGNING }));
  t.equal((await decode(split(wire(8191), [999]), framedOptions('chunks'))).code, 'InvalidChunkSizeError');
  t.equal((await decode(split(wire(8192), [999]), framedOptions('chunks'))).code, undefined);
});

t.test('takes the trailers that were declared, and no others', async (t) => {
  const wire = (lines: string): string => `1\r\nx\r\n0\r\n${lines}\r\n`;
  const codeOf = async (lines: string, trailers = ['x-amz-checksum-crc32']): Promise<string | undefined> =>
    (await decode(split(wire(lines), [1]), { decodedLength: 1, signatures: undefined, trailers })).code;
  const crc = 'x-amz-checksum-crc32:AAAA\r\n';
  t.equal(await codeOf(crc), undefined);
  t.equal(await codeOf('X-Amz-Checksum-CRC32: \t AAAA \t\r\n'), undefined, 'as header fields are written');
  t.equal(await codeOf(''), 'MalformedTrailerError');
  t.equal(await codeOf('', []), undefined);
  t.equal(await codeOf(crc, []), 'MalformedTrailerError');
  t.equal(await codeOf(crc + crc), 'MalformedTrailerError');
  t.equal(await codeOf(`${crc}x-amz-meta-a:1\r\n`), 'MalformedTrailerError');
  t.equal(await codeOf('x-amz-checksum-crc32\r\n'), 'MalformedTrailerError');
  t.equal(await codeOf(':AAAA\r\n'), 'MalformedTrailerError');
  t.equal(await codeOf('x-amz-checksum-crc32 :AAAA\r\n'), 'MalformedTrailerError');
  t.equal(
    await codeOf('x-amz-checksum-crc32:A\rA\r\n'),
    'MalformedTrailerError',
    'nothing that a store could split',
  );
  t.equal(await codeOf(`x-amz-checksum-crc32:${'A'.repeat(20_000)}\r\n`), 'IncompleteBody');
  t.equal(await codeOf('\r\n'.repeat(20_000)), 'IncompleteBody');
});

t.test('accepts any signature without authentication, but requires the framing', async (t) => {
  const options = { ...framedOptions('chunks and trailer'), signatures: UNVERIFIED_CHUNKS };
  const parts = partsOf('chunks and trailer');
  const forged = parts.map((part) =>
    part.name.includes('signature')
      ? { ...part, value: part.value.replace(/[0-9a-f]{64}/, '0'.repeat(64)) }
      : part,
  );
  t.match(await decode(split(textOf(forged), [999]), options), { code: undefined, data: DATA });
  t.equal((await decode(split(textOf(parts.slice(0, 4)), [999]), options)).code, 'IncompleteBody');
});

t.test('holds next to nothing of a chunk of 4 GiB', async (t) => {
  const decodedLength = 2 ** 32;
  const decoder = through(
    new ChunkDecoder({ decodedLength, signatures: signatures(SEED), trailers: undefined }),
  );
  const piece = Buffer.alloc(16 * 1024);
  let sent = 0;
  let taken = 0;
  let most = 0;
  decoder.on('data', (bytes: Buffer) => {
    taken += bytes.length;
  });
  decoder.write(`${decodedLength.toString(16)};chunk-signature=${'0'.repeat(64)}\r\n`);
  for (let pieces = 0; pieces < 4096; pieces += 1) {
    sent += piece.length;
    if (!decoder.write(piece)) await once(decoder, 'drain');
    most = Math.max(most, sent - taken);
  }
  t.ok(most <= 256 * 1024, `${most} bytes at most`);
  t.ok(sent - taken <= 256 * 1024, 'the first 64 MiB are out while the chunk goes on');
  decoder.destroy();
});

t.test('waits for a reader that is slow', async (t) => {
  const decoder = through(new ChunkDecoder({ decodedLength: 2 ** 32, signatures: undefined, trailers: [] }));
  decoder.write('100000000\r\n');
  let pieces = 0;
  while (decoder.write(Buffer.alloc(16 * 1024)) && pieces < 1000) pieces += 1;
  t.ok(pieces < 64, `${pieces} pieces of 16 KiB until it said stop`);
  decoder.destroy();
});
