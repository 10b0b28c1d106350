import t from 'tap';
import { crc32c, crc64nvme } from '../../src/s3/crc.ts';

/** The check values of the CRC catalogue are over these nine bytes. */
const CHECK = Buffer.from('123456789');

t.equal(crc32c(CHECK, 0), 0xe3069283);
t.equal(crc64nvme(CHECK, 0n), 0xae8b14860a799888n);
t.equal(crc32c(CHECK.subarray(4), crc32c(CHECK.subarray(0, 4), 0)), 0xe3069283, 'in two steps');
t.equal(
  crc64nvme(CHECK.subarray(4), crc64nvme(CHECK.subarray(0, 4), 0n)),
  0xae8b14860a799888n,
  'in two steps',
);
