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
    causeForLog(new S3Error('AccessDenied', 'No.')),
    undefined,
    'an answer of its own needs no more words',
  );
  t.equal(causeForLog(fault), 'the store stayed silent');
  t.end();
});

t.test('an error of ours has its stack', (t) => {
  t.match(causeForLog(new RangeError('out of range')), /^RangeError: out of range\n {4}at .*cause\.test\.ts/);
  t.equal(causeForLog('a text'), 'a text');
  t.end();
});
