import t from 'tap';
import { uploadHeaders } from '../../../src/proxy/unsized/upload-headers.ts';
import { WireHeaders } from '../../../src/s3/headers.ts';
import { operation } from '../../../src/s3/operations.ts';

t.test(
  'whatever a PutObject may say of its object, the beginning of an upload may say as well',
  async (t) => {
    const { sends } = operation('CreateMultipartUpload');
    const lost = [...operation('PutObject').sends].filter((name) => !sends.has(name));
    t.same(lost, []);
  },
);

t.test('what is of the body, and what is a condition, is not said of the upload', async (t) => {
  const of = {
    'content-type': 'a/b',
    'content-encoding': 'gzip',
    'cache-control': 'no-store',
    'x-amz-meta-a': 'b',
    'x-amz-tagging': 'a=b',
    'x-amz-acl': 'private',
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-server-side-encryption': 'aws:kms',
  };
  const not = {
    'content-length': '1',
    'content-md5': 'm',
    'if-match': '"a"',
    'if-none-match': '*',
    'x-amz-checksum-crc32': 'c',
    'x-amz-checksum-algorithm': 'CRC32',
    'x-amz-sdk-checksum-algorithm': 'CRC32',
    'x-amz-content-sha256': 's',
    'x-forwarded-for': '192.0.2.1',
    authorization: 'a',
  };
  const headers = uploadHeaders(new WireHeaders(Object.entries({ ...not, ...of }).flat()));
  t.same(Object.fromEntries([...headers.names()].map((name) => [name, headers.single(name)])), of);
});
