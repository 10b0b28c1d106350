import t from 'tap';
import { ownUrl } from '../../../src/proxy/reply/own-url.ts';
import { WireHeaders } from '../../../src/s3/headers.ts';
import { parseTarget } from '../../../src/s3/target.ts';

type Args = Parameters<typeof ownUrl>;

/** What is told a client that asked so. `objectKey`: of the file of a form. */
function told(host: string, rawTarget: string, objectKey?: string): string {
  const received = { headers: new WireHeaders(['Host', host]) };
  const exchange = { received, request: { socket: { encrypted: true } }, rawTarget } as unknown as Args[0];
  const asked = parseTarget(rawTarget, host, ['s3.test'], new Map([['files.test', 'b0b']]));
  const target = objectKey === undefined ? asked : { ...asked, shape: 'object', bucket: 'b0b', objectKey };
  return ownUrl(exchange, { target } as Args[1], objectKey === undefined ? 'object' : 'bucket');
}

t.test('has the bucket where the client had it', async (t) => {
  t.equal(told('s3.test:8443', '/b0b/a%20b?uploadId=1'), 'https://s3.test:8443/b0b/a%20b');
  t.equal(told('b0b.s3.test:8443', '/a%20b?uploadId=1'), 'https://b0b.s3.test:8443/a%20b');
  t.equal(told('b0b.s3.test', '/dir%2Fa'), 'https://b0b.s3.test/dir/a');
  t.equal(told('b0b.s3.test', '/b0b/k'), 'https://b0b.s3.test/b0b/k', 'a key like a path');
  t.equal(told('b0b.s3.test', '/b0b'), 'https://b0b.s3.test/b0b', 'a key like the bucket');
  t.equal(told('files.test', '/k'), 'https://files.test/k', 'a custom domain');
});

t.test('and so for the file of a form', async (t) => {
  t.equal(told('s3.test', '/b0b', 'pub/form'), 'https://s3.test/b0b/pub/form');
  t.equal(told('s3.test', '/b0b/', 'b0b'), 'https://s3.test/b0b/b0b');
  t.equal(told('b0b.s3.test', '/', 'pub/a b'), 'https://b0b.s3.test/pub/a%20b');
});
