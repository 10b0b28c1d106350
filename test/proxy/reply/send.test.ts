import { once } from 'node:events';
import t from 'tap';
import { isEnding } from '../../../src/listener/ending.ts';
import { errorFor, refuse, sendDocument } from '../../../src/proxy/reply/send.ts';
import { S3Error } from '../../../src/s3/errors.ts';
import { withExchange } from '../../support/exchange.ts';
import { onOwnClock } from '../../support/own-clock.ts';

const HEAD = 'Host: h\r\n';
const denied = (): S3Error => new S3Error('AccessDenied', 'No <entry> & no "way"');

t.test('a refusal is an S3 error document, with the id that the log has', async () => {
  await withExchange(`GET /b/k?X-Amz-Signature=a HTTP/1.1\r\n${HEAD}\r\n`, async ({ exchange }) => {
    await refuse(exchange, denied());
    t.match(exchange.log, { code: 'AccessDenied' });
    t.notOk(isEnding(exchange.request.socket), 'the next request is served');
    const xml = errorFor(exchange, denied());
    t.match(xml, `<RequestId>${exchange.id}</RequestId>`);
    t.match(xml, '<Resource>/b/k</Resource>', 'without the query');
    t.notMatch(xml, 'Signature');
    t.match(xml, 'No &lt;entry&gt; &amp; no ');
  });
});

t.test('the fields of an error stand in its document', async () => {
  await withExchange(`GET /b/k HTTP/1.1\r\n${HEAD}\r\n`, async ({ exchange }) => {
    const error = new S3Error('InvalidArgument', 'No', { fields: { ArgumentName: 'x<y' } });
    t.match(errorFor(exchange, error), '<ArgumentName>x&lt;y</ArgumentName>');
  });
});

t.test('a body that is still on its way ends the connection, once the client had time to read', async () => {
  await withExchange(
    `PUT /b/k HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\npart`,
    async ({ exchange, leave }) => {
      const refused = refuse(exchange, denied());
      t.ok(isEnding(exchange.request.socket));
      t.equal(exchange.response.getHeader('connection'), undefined);
      t.equal(exchange.response.headersSent, true);
      t.equal(exchange.response.writableEnded, false, 'it is not ended while the client still sends');
      leave();
      await refused;
      t.equal(exchange.response.writableEnded, true, 'a client that left is not waited for');
    },
  );
});

t.test('a body that came in whole is read away before the connection ends', async () => {
  await withExchange(`PUT /b/k HTTP/1.1\r\n${HEAD}Content-Length: 4\r\n\r\nbody`, async ({ exchange }) => {
    await onOwnClock(async ({ until }) => {
      const since = performance.now();
      await until(refuse(exchange, denied()));
      t.ok(performance.now() - since < 1500, 'without the wait');
      t.ok(exchange.request.complete);
    });
  });
});

t.test('a refusal after which the next request is unclear ends the connection', async () => {
  await withExchange(`HEAD /b/k HTTP/1.1\r\n${HEAD}\r\n`, async ({ exchange }) => {
    exchange.close = true;
    await sendDocument(exchange, 404, '<x/>', ['x-more', '1']);
    t.ok(isEnding(exchange.request.socket));
    t.equal(exchange.response.statusCode, 404);
    t.equal(exchange.response.writableEnded, true);
  });
});

t.test('the memory of a document is freed when it is written', async () => {
  await withExchange(`GET /b/k HTTP/1.1\r\n${HEAD}\r\n`, async ({ exchange }) => {
    const element = Buffer.allocUnsafeSlow(256 * 1024).fill('x');
    await sendDocument(exchange, 200, element, []);
    await once(exchange.response, 'close');
    t.equal(element.byteLength, 0);
    t.ok((exchange.log.bytesOut ?? 0) > 256 * 1024, 'all of it counts');
  });
});
