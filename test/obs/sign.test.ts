import t from 'tap';
import { AWS_AT_OBS, OBS } from '../../src/sigv2/scheme.ts';
import { authorizationBy, textToSign } from '../../src/sigv2/sign.ts';
import { headerOf, OBS_VECTORS, type ObsVector, RECORDER } from './vectors.ts';

/** The same request, as the proxy would send it. */
function outgoing({ method, target, headers }: ObsVector): Parameters<typeof authorizationBy>[0] {
  const named = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const host = (headerOf({ method, target, headers }, 'host') ?? '').replace(/:\d+$/, '');
  return {
    method,
    path: target,
    // A custom domain stands in the place of a bucket.
    bucket: host === 'obs.lab.test' ? undefined : host.replace(/\.obs\.lab\.test$/, ''),
    headers: Object.fromEntries(named.filter(([name]) => name !== 'authorization')),
  };
}

t.test('signs as the SDKs do, byte for byte', async (t) => {
  const inHeader = OBS_VECTORS.filter(({ where }) => where === 'header');
  t.equal(inHeader.length, 135);
  for (const vector of inHeader) {
    const scheme = vector.scheme === 'OBS' ? OBS : AWS_AT_OBS;
    const request = outgoing(vector);
    const title = `${vector.sdk} ${vector.method} ${vector.target}`;
    t.equal(textToSign(request, scheme), vector.stringToSign, title);
    t.equal(authorizationBy(request, RECORDER, scheme), headerOf(vector, 'authorization'), title);
  }
});

t.test('leaves the line of the date empty beside an x-obs-date', async (t) => {
  const headers = { date: 'Thu, 26 Nov 2026 19:20:07 GMT', 'x-obs-date': 'Thu, 26 Nov 2026 19:00:00 GMT' };
  t.equal(
    textToSign({ method: 'GET', path: '/k?x-id=1', bucket: 'b0b', headers }),
    'GET\n\n\n\nx-obs-date:Thu, 26 Nov 2026 19:00:00 GMT\n/b0b/k',
  );
});
