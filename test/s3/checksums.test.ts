import t from 'tap';
import { CHECKSUMS } from '../../src/s3/checksums.ts';
import type { Digest } from '../../src/s3/digest.ts';

/** Over the nine bytes of the CRC catalogue; the others as the algorithms' own tools print them. */
const OF_123456789: Readonly<Record<string, string>> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  MD5: '25f9e794323b453885f5181f1b624d0b',
};

/** Of "Hello world", as the AWS SDKs test it. */
const OF_HELLO_WORLD: Readonly<Record<string, string>> = {
  CRC32: 'i9aeUg==',
  SHA1: 'e1AsOh9IyGCa4hLN+2Od7jlnP14=',
  XXHASH64: 'xQCwyRKzdtg=',
  XXHASH3: 'tqy52Eo4/3Q=',
  XXHASH128: 'c1H4mBL5c4K5HQWzHgTdfw==',
};

/**
 * The vectors of xxHash's own sanity check with seed 0, each over so many bytes of its buffer: one at least for each
 * way that the algorithms treat a length. https://github.com/Cyan4973/xxHash/blob/dev/tests/sanity_test.c
 */
const OF_THE_SANITY_BUFFER: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  XXHASH64: {
    0: 'ef46db3751d8e999',
    1: 'e934a84adb052768',
    4: '9136a0dca57457ee',
    14: '8282dcc4994e35c8',
    222: 'b641ae8cb691c174',
  },
  XXHASH3: {
    0: '2d06800538d394c2',
    1: 'c44bdff4074eecdb',
    6: '27b56a84cd2d7325',
    12: 'a713daf0dfbb77e7',
    24: 'a3fe70bf9d3510eb',
    48: '397da259ecba1f11',
    80: 'bcdefbbb2c47c90a',
    195: 'cd94217ee362ec3a',
    403: 'cdeb804d65c6dea4',
    512: '617e49599013cb6b',
    2048: 'dd59e2c3a5f038e0',
    2099: 'c6b9d9b3fc9ac765',
    2240: '6e73a90539cf2948',
    2367: 'cb37aeb9e5d361ed',
  },
  XXHASH128: {
    0: '99aa06d3014798d86001c324468d497f',
    1: 'a6cd5e9392000f6ac44bdff4074eecdb',
    6: '082afe0b8162d12a3e7039bdda43cfc6',
    12: '6e3efd8fc7802b18061a192713f69ad9',
    24: '0ce966e4678d37611e7044d28b1b901d',
    48: 'a002ac4e5478227ef942219aed80f67b',
    81: '4952f58181ab00425e8bafb9f95fb803',
    222: '337e09641b948717f1aebd597cec6b3a',
    403: '1b6de21e332dd73dcdeb804d65c6dea4',
    512: '18d2d110dcc9bca1617e49599013cb6b',
    2048: 'f736557fd47073a5dd59e2c3a5f038e0',
    2240: 'ccb134fbfa7ce49d6e73a90539cf2948',
    2367: 'e89c0f6ff369b427cb37aeb9e5d361ed',
  },
};

function sanityBuffer(): Buffer {
  let state = 2_654_435_761n;
  const bytes = Array.from({ length: 2367 }, () => {
    const byte = Number(state >> 56n);
    state = BigInt.asUintN(64, state * 11_400_714_785_074_694_797n);
    return byte;
  });
  return Buffer.from(bytes);
}

async function started(name: string): Promise<Digest> {
  const known = CHECKSUMS[name];
  if (!known) throw new Error(`${name} is not known`);
  return await known.make();
}

for (const [name, expected] of Object.entries(OF_123456789)) {
  t.test(`computes ${name} in one piece, in many and of nothing`, async (t) => {
    const whole = await started(name);
    whole.update(Buffer.from('123456789'));
    t.equal(whole.digest().toString('hex'), expected);
    const pieces = await started(name);
    for (const digit of '123456789') pieces.update(Buffer.from(digit));
    pieces.update(Buffer.alloc(0));
    t.equal(pieces.digest().toString('hex'), expected);
  });
}

t.test('has the values of the AWS SDKs, in their order of bytes', async (t) => {
  for (const [name, expected] of Object.entries(OF_HELLO_WORLD)) {
    const digest = await started(name);
    digest.update(Buffer.from('Hello world'));
    t.equal(digest.digest().toString('base64'), expected, name);
  }
});

t.test('every algorithm has the number of bytes that it declares', async (t) => {
  for (const [name, { bytes }] of Object.entries(CHECKSUMS))
    t.equal((await started(name)).digest().byteLength, bytes, name);
});

t.test('computes the vectors of xxHash, all at once and piece by piece in turn', async (t) => {
  const buffer = sanityBuffer();
  for (const [name, vectors] of Object.entries(OF_THE_SANITY_BUFFER)) {
    const running = Object.entries(vectors).map(async ([size, expected]) => {
      const digest = await started(name);
      return { digest, data: buffer.subarray(0, Number(size)), expected, at: 0 };
    });
    const all = await Promise.all(running);
    for (let piece = 1; all.some(({ at, data }) => at < data.length); piece = (piece * 7) % 311) {
      for (const one of all) {
        one.digest.update(one.data.subarray(one.at, one.at + piece));
        one.at += piece;
      }
    }
    for (const { digest, data, expected } of all)
      t.equal(digest.digest().toString('hex'), expected, `${name} of ${data.length} bytes`);
  }
});
