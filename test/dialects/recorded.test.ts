import type { Readable } from 'node:stream';
import t from 'tap';
import { OBS } from '../../src/dialects/obs.ts';
import type { Admitted } from '../../src/proxy/intake/admitted.ts';
import { internally } from '../../src/proxy/intake/internally.ts';
import { parseCopySource } from '../../src/s3/target.ts';
import { hasToken, OBS_VECTORS, type Sent, verifyRecorded } from '../obs/vectors.ts';
import { refusal } from '../support/failure.ts';

/** What the line sees of a request as an SDK of OBS sent it. */
function seen(sent: Sent): Admitted {
  const { request, chunks } = verifyRecorded(sent);
  const message = {
    method: sent.method,
    headers: request.headers,
    body: 'none',
    stream: undefined as unknown as Readable,
    begin: () => {},
  } as const;
  const caller = { name: 'recorder', signer: () => t.fail('nobody signs'), permissions: {} } as unknown;
  return internally({ caller: caller as Admitted['caller'], target: request.target, message, chunks }, OBS);
}

const RECORDED = OBS_VECTORS.filter(({ scheme }) => scheme === 'OBS');

t.test('nothing of a dialect is left that S3 has a name for, and nothing of the signature', async (t) => {
  t.ok(RECORDED.length > 90);
  const kept = new Set<string>();
  for (const vector of RECORDED) {
    const { message, target, dialect } = seen(vector);
    t.equal(dialect, OBS);
    for (const name of message.headers.names()) if (name.startsWith('x-obs-')) kept.add(name);
    const parameters = target.query.parameters.map(({ name }) => name);
    t.notOk(parameters.some((name) => /^(?:x-obs-security-token|accesskeyid|signature)$/i.test(name)));
  }
  t.same([...kept].toSorted(), ['x-obs-callback', 'x-obs-location'], 'S3 has neither');
});

t.test('what an SDK says, the line reads', async (t) => {
  const ssec = 'x-amz-server-side-encryption-customer-';
  for (const vector of RECORDED) {
    const { message } = seen(vector);
    for (const [name, value] of vector.headers) {
      const lower = name.toLowerCase();
      if (!lower.startsWith('x-obs-') || /date$|token$|callback$|location$|copy-source$/.test(lower))
        continue;
      const said = value === 'WARM' ? 'STANDARD_IA' : value;
      t.equal(message.headers.joined(lower.replace('x-obs-', 'x-amz-')), said, `${vector.sdk} ${name}`);
    }
    const own = vector.headers.some(([name]) => /^x-obs-server-side-encryption-customer-key$/i.test(name));
    t.equal(message.headers.has(`${ssec}key`), own);
  }
});

t.test('copy sources of all SDKs name the object that was meant', async (t) => {
  const sources = RECORDED.map((vector) => seen(vector).message.headers.joined('x-amz-copy-source')).filter(
    (source) => source !== undefined,
  );
  t.ok(sources.length >= 8);
  const named = sources.map((source) => {
    const { bucket, objectKey } = parseCopySource(source);
    return `${bucket}/${objectKey}`;
  });
  t.same([...new Set(named)].toSorted(), ['bkt/dir/a b+中.txt', 'bkt/plain.txt']);
});

t.test('tokens of temporary credentials stay here', async (t) => {
  const withToken = RECORDED.filter(hasToken);
  t.ok(withToken.length > 0);
  for (const vector of withToken) t.notOk(seen(vector).message.headers.has('x-obs-security-token'));
});

t.test('a header of S3 beside an OBS signature is refused, and both are named', async (t) => {
  const [first] = RECORDED;
  if (!first) throw new Error('nothing was recorded');
  const { message, ...admitted } = seen(first);
  for (const name of ['x-amz-copy-source', 'x-amz-acl', 'x-amz-server-side-encryption', 'x-amz-new']) {
    const mixed = {
      ...admitted,
      message: { ...message, headers: message.headers.with({ [name]: 'a', 'x-obs-acl': 'private' }) },
    };
    t.match(
      refusal(() => internally(mixed, OBS)),
      { code: 'InvalidRequest', message: new RegExp(`x-obs-acl.*${name}`) },
    );
  }
  const harmless = {
    ...admitted,
    message: { ...message, headers: message.headers.with({ 'x-amz-cf-id': 'a' }) },
  };
  t.notOk(internally(harmless, OBS).message.headers.has('x-amz-cf-id'), 'of CloudFront, and of no meaning');
});
