import t from 'tap';
import { S3Error } from '../../src/s3/errors.ts';

t.test('has the status of its code', async (t) => {
  const statuses = {
    AccessDenied: 403,
    InvalidArgument: 400,
    MethodNotAllowed: 405,
    MissingContentLength: 411,
    NoSuchKey: 404,
    NotImplemented: 501,
    PreconditionFailed: 412,
    RequestTimeTooSkewed: 403,
    ServiceUnavailable: 503,
    SignatureDoesNotMatch: 403,
    SlowDown: 503,
  } as const;
  for (const [code, status] of Object.entries(statuses)) {
    t.equal(new S3Error(code as keyof typeof statuses, 'm').status, status, code);
  }
});

t.test('is an error with a stack, a cause and further fields', async (t) => {
  const cause = new Error('behind it');
  const error = new S3Error('AccessDenied', 'No.', { cause, fields: { HeadersNotSigned: 'a' } });
  t.ok(error instanceof Error);
  t.match(error, {
    name: 'S3Error',
    message: 'No.',
    code: 'AccessDenied',
    cause,
    fields: { HeadersNotSigned: 'a' },
  });
  t.match(error.stack, /errors\.test\.ts/);
  t.notOk('cause' in new S3Error('AccessDenied', 'No.'), 'no cause is not an undefined cause');
});
