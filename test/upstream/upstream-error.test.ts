import t from 'tap';
import { S3Error } from '../../src/s3/errors.ts';
import { lateIn, UpstreamError } from '../../src/upstream/upstream-error.ts';

function errorOf(code: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code });
}

t.test('tells a store that cannot be reached from one that gave up', (t) => {
  const faults = {
    ECONNREFUSED: 'unreachable',
    ENOTFOUND: 'unreachable',
    EAI_AGAIN: 'unreachable',
    EHOSTUNREACH: 'unreachable',
    ERR_TLS_CERT_ALTNAME_INVALID: 'unreachable',
    ERR_SSL_WRONG_VERSION_NUMBER: 'unreachable',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'unreachable',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unreachable',
    INVALID_CA: 'unreachable',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unreachable',
    CERT_HAS_EXPIRED: 'unreachable',
    ECONNRESET: 'reset',
    EPIPE: 'reset',
    HPE_INVALID_CONSTANT: 'malformed',
    '': 'reset',
  };
  for (const [code, fault] of Object.entries(faults))
    t.equal(UpstreamError.from(errorOf(code)).fault, fault, code);
  t.end();
});

t.test('keeps the cause and says what it was', (t) => {
  const cause = errorOf('ECONNRESET', 'read ECONNRESET');
  const error = UpstreamError.from(cause);
  t.equal(error.cause, cause);
  t.match(error.message, 'ECONNRESET');
  t.equal(UpstreamError.from(error), error, 'one that is sorted stays as it is');
  t.match(UpstreamError.from('thrown text'), { fault: 'reset', message: 'thrown text' });
  t.end();
});

t.test('tells whose time was over, through the error that a client gets', (t) => {
  const late = new UpstreamError('silent', 'text', { late: 'headers' });
  t.equal(lateIn(late), 'headers');
  t.equal(lateIn(new S3Error('ServiceUnavailable', 'text', { cause: late })), 'headers');
  t.equal(lateIn(new UpstreamError('reset', 'text')), undefined);
  t.equal(lateIn(new Error('text')), undefined);
  t.equal(lateIn(undefined), undefined);
  t.end();
});

t.test(
  'says which option is for a certificate that is not trusted, instead of a switch of Node',
  async (t) => {
    const error = Object.assign(
      new Error(
        'unable to verify the first certificate; if the root CA is installed locally, try --use-system-ca',
      ),
      { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    );
    t.equal(
      UpstreamError.from(error).message,
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE unable to verify the first certificate; the option ca of the upstream has to have the authority that signed it',
    );
  },
);
