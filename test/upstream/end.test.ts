import t from 'tap';
import { endBy, endOf } from '../../src/upstream/end.ts';
import { UpstreamError } from '../../src/upstream/upstream-error.ts';

t.test('an answer ends a request by the class of its status', (t) => {
  const ends = [200, 206, 304, 307, 400, 404, 499, 500, 503, 599].map(endOf);
  t.strictSame(ends, ['2xx', '2xx', '3xx', '3xx', '4xx', '4xx', '4xx', '5xx', '5xx', '5xx']);
  t.end();
});

t.test('without an answer it ends by what went wrong, and never was one without a connection', (t) => {
  const ends = (['silent', 'connect-timeout', 'reset', 'client-left', 'busy', 'outage'] as const).map(
    (fault) => endBy(new UpstreamError(fault, 'told')),
  );
  t.strictSame(ends, ['timeout', 'timeout', 'reset', 'left', undefined, undefined]);
  t.equal(endBy(new Error('the digest does not match')), 'body');
  t.end();
});
