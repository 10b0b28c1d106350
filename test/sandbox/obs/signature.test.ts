import t from 'tap';
import { WireHeaders } from '../../../src/s3/headers.ts';
import { parseQuery } from '../../../src/s3/query.ts';
import { claimOf } from '../../../src/sandbox/obs/claim.ts';
import { stringsToSign } from '../../../src/sandbox/obs/string-to-sign.ts';
import { DATED_TWICE, OBS_VECTORS, type ObsVector } from '../../obs/vectors.ts';
import { startObs } from './fixture.ts';

const DOMAIN = 'obs.lab.test';

/** From the wire alone. */
function textsOf({ method, target, headers }: ObsVector): readonly string[] {
  const wire = new WireHeaders(headers.flat());
  const host = (wire.single('host') ?? '').replace(/:\d+$/, '');
  const query = parseQuery(target.split('?')[1] ?? '');
  const claim = claimOf(wire, query);
  if (claim.scheme !== 'obs' && claim.scheme !== 'v2') throw new Error('the vector has another signature');
  const bucket = host.endsWith(`.${DOMAIN}`) ? host.slice(0, -DOMAIN.length - 1) : undefined;
  return stringsToSign({
    method,
    rawTarget: target,
    named: host === DOMAIN ? undefined : (bucket ?? host),
    headers: wire,
    expires: claim.expires,
    prefix: claim.scheme === 'obs' ? 'x-obs-' : 'x-amz-',
  });
}

await t.test(
  'what the SDKs signed is what the sandbox computes, in each of their recorded requests',
  async (t) => {
    t.equal(OBS_VECTORS.length, 146);
    for (const vector of [...OBS_VECTORS, DATED_TWICE])
      t.ok(textsOf(vector).includes(vector.stringToSign), `${vector.sdk} ${vector.method} ${vector.target}`);
  },
);

await t.test('a request is refused when what was signed of it is changed', async (t) => {
  const { ask } = await startObs(t);
  const at = { method: 'PUT', path: '/k', body: 'x' };
  const refused = { status: 403, body: '<Code>SignatureDoesNotMatch</Code>' };
  t.match(await ask({ ...at, resource: '/bucket/other' }), refused);
  t.match(await ask({ ...at, path: '/k?append&position=0', method: 'POST', resource: '/bucket/k' }), refused);
  t.match(await ask({ ...at, secret: 'another' }), refused);
  t.match(await ask(at), { status: 200 }, 'a right one is taken');
});

await t.test('a date that is far off, and none at all', async (t) => {
  const { ask } = await startObs(t);
  const old = new Date(Date.now() - 16 * 60 * 1000).toUTCString();
  t.match(await ask({ method: 'GET', path: '/k', headers: { date: old } }), {
    status: 403,
    body: '<Code>RequestTimeTooSkewed</Code>',
    headers: { date: /GMT$/ },
  });
  t.match(await ask({ method: 'GET', path: '/k', headers: { date: '' } }), {
    status: 403,
    body: '<Code>AccessDenied</Code>',
  });
  const now = new Date().toUTCString();
  t.match(await ask({ method: 'GET', path: '/k', headers: { date: old, 'x-obs-date': now } }), {
    status: 404,
  });
});

await t.test('an access key with several wrong signatures in a row is blocked for a while', async (t) => {
  let now = new Date();
  const { ask } = await startObs(t, { clock: () => now });
  const at = { method: 'GET', path: '/k' };
  for (let i = 0; i < 4; i++) await ask({ ...at, secret: 'wrong' });
  t.match(await ask(at), { status: 404 }, 'a right one begins the count anew');
  for (let i = 0; i < 5; i++) t.match(await ask({ ...at, secret: 'wrong' }), { status: 403 });
  t.match(await ask(at), { status: 400, body: '<Code>TooManyWrongSignature</Code>' });
  t.match(await ask({ ...at, method: 'HEAD' }), {
    status: 400,
    headers: { 'x-obs-error-code': 'TooManyWrongSignature' },
  });
  now = new Date(now.getTime() + 60_000);
  t.match(await ask(at), { status: 404 });
});

await t.test('one signature a request', async (t) => {
  const { ask } = await startObs(t);
  const path = '/k?AccessKeyId=tester&Expires=99999999999&Signature=AAAA';
  t.match(await ask({ method: 'GET', path }), { status: 400, body: '<Code>InvalidArgument</Code>' });
  t.match(await ask({ method: 'GET', path, scheme: 'none' }), { status: 403 });
  t.match(await ask({ method: 'GET', path: '/k', headers: { authorization: 'Basic eDp5' } }), {
    status: 400,
    body: 'Unsupported Authorization Type',
  });
  t.match(await ask({ method: 'GET', path: '/k', scheme: 'none' }), {
    status: 403,
    body: '<Code>AccessDenied</Code>',
  });
});
