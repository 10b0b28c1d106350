import t from 'tap';
import { LatestServed } from '../../src/proxy/latest-served.ts';
import { wireHeaders } from '../support/headers.ts';

function served(
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Parameters<LatestServed['keep']>[0] {
  const admitted = { message: { headers: wireHeaders(headers) } };
  return { admitted, plan: { operation: { name } } } as unknown as Parameters<LatestServed['keep']>[0];
}

t.test('one request of an operation is kept, and of few operations', async (t) => {
  const latest = new LatestServed();
  for (let round = 0; round < 3; round += 1) {
    latest.keep(served('GetObject'));
    latest.keep(served('PutObject'));
  }
  t.equal(latest.size, 2);
  for (let i = 0; i < 100; i += 1) {
    latest.keep(served(`Operation${i}`));
    t.ok(latest.size <= 16);
  }
});

t.test('a request that brought a key is not kept', async (t) => {
  const latest = new LatestServed();
  for (const name of [
    'x-amz-server-side-encryption-customer-key',
    'x-amz-copy-source-server-side-encryption-customer-key',
  ])
    latest.keep(served('GetObject', { [name]: 'of a client' }));
  t.equal(latest.size, 0);
});
