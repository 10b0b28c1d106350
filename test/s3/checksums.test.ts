import t from 'tap';
import { CHECKSUMS } from '../../src/s3/checksums.ts';

/** Over the nine bytes of the CRC catalogue; the others as the algorithms' own tools print them. */
const OF_123456789: Readonly<Record<string, string>> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  MD5: '25f9e794323b453885f5181f1b624d0b',
};

for (const [name, expected] of Object.entries(OF_123456789)) {
  t.test(`computes ${name} in one piece, in many and of nothing`, async (t) => {
    const known = CHECKSUMS[name];
    if (!known) throw new Error(`${name} is not known`);
    const { make, bytes } = known;
    const whole = make();
    whole.update(Buffer.from('123456789'));
    t.equal(whole.digest().toString('hex'), expected);
    const pieces = make();
    for (const digit of '123456789') pieces.update(Buffer.from(digit));
    pieces.update(Buffer.alloc(0));
    t.equal(pieces.digest().toString('hex'), expected);
    t.equal(make().digest().byteLength, bytes);
  });
}
