import t from 'tap';
import { causeForLog } from '../../../src/proxy/reply/cause.ts';
import { S3Error } from '../../../src/s3/errors.ts';
import { UpstreamError } from '../../../src/upstream/upstream-error.ts';

t.test('the log tells what lies behind an error', (t) => {
  const fault = new UpstreamError('silent', 'the store stayed silent');
  t.equal(
    causeForLog(new S3Error('ServiceUnavailable', 'Later.', { cause: fault })),
    'the store stayed silent',
  );
  t.equal(
    causeForLog(new S3Error('AccessDenied', 'No.', { reason: 'no rule matches' })),
    'no rule matches',
    'the client is told less',
  );
  t.equal(causeForLog(fault), 'the store stayed silent');
  t.equal(causeForLog(AbortSignal.abort().reason), 'the client left');
  t.end();
});

t.test("what the reader of documents says to clients is not said of the store's documents", (t) => {
  const cause = new S3Error('MalformedXML', 'The XML you provided was not well-formed');
  t.match(causeForLog(new S3Error('InternalError', 'No.', { cause })), /^the document of the store is not/);
  t.equal(causeForLog(cause), cause.message, "but of the client's it is said");
  t.end();
});

t.test('an error of ours has its stack', (t) => {
  t.match(causeForLog(new RangeError('out of range')), /^RangeError: out of range\n {4}at .*cause\.test\.ts/);
  t.equal(causeForLog('a text'), 'a text');
  t.end();
});
