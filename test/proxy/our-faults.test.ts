import t from 'tap';
import { faultOfOurs, misdirected } from '../../src/proxy/our-faults.ts';
import { responseWith, withExchange } from '../support/exchange.ts';

const UPSTREAM = { name: 'upstream' };
const RAW = 'GET /vault/k HTTP/1.1\r\nHost: a\r\n\r\n';

t.test('takes the blame for what is not between the client and the store', async (t) => {
  await withExchange(RAW, async ({ exchange }) => {
    for (const code of [
      'SignatureDoesNotMatch',
      'InvalidAccessKeyId',
      'RequestTimeTooSkewed',
      'ExpiredToken',
    ]) {
      const fault = faultOfOurs(
        exchange,
        { code, message: 'words of the store', fields: { Foo: 'bar' } },
        UPSTREAM,
      );
      t.match(fault, { code: 'ServiceUnavailable', status: 503, fields: {} }, code);
      t.notMatch(fault?.message, /words of the store/);
      t.match(exchange.log.cause, new RegExp(`${code}; (check|set|renew) `));
    }
  });
});

t.test('leaves the client what is its own', async (t) => {
  await withExchange(RAW, async ({ exchange }) => {
    for (const code of [
      'NoSuchKey',
      'AccessDenied',
      'InvalidRequest',
      'constructor',
      '__proto__',
      'toString',
    ])
      t.equal(faultOfOurs(exchange, { code, message: 'm', fields: {} }, UPSTREAM), undefined, code);
    t.equal(exchange.log.cause, undefined);
  });
});

t.test('tells the operator where a redirect points by its region, and nobody by its address', async (t) => {
  for (const [region, said] of [
    ['eu-west-1', /\(it is in eu-west-1\)$/],
    ['eu-west-1\t<a>', /for this bucket$/],
    ['evil.test/', /for this bucket$/],
  ] as const) {
    await withExchange(RAW, async ({ exchange }) => {
      await responseWith(
        [`x-amz-bucket-region: ${region}`, 'location: http://evil.test/'],
        async (response) => {
          t.match(misdirected(exchange, response, UPSTREAM), { code: 'ServiceUnavailable', status: 503 });
          t.match(exchange.log.cause, said);
          t.notMatch(exchange.log.cause, 'evil');
        },
      );
    });
  }
});
