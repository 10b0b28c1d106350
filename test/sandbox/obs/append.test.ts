import { randomBytes } from 'node:crypto';
import t from 'tap';
import { keyHeaders, startObs } from './fixture.ts';

const REFUSED_KEY = { status: 400, body: '<Code>InvalidEncryptionAlgorithmError</Code>' };

await t.test('an object grows', async (t) => {
  const { ask } = await startObs(t);
  const append = (position: number, body: string) =>
    ask({ method: 'POST', path: `/log?append&position=${position}`, body });
  t.match(await append(0, 'one'), { status: 200, headers: { 'x-obs-next-append-position': '3' } });
  t.match(await append(3, 'two'), { status: 200, headers: { 'x-obs-next-append-position': '6' } });
  const mismatch = { status: 409, body: '<Code>PositionNotEqualToLength</Code>' };
  t.match(await append(3, 'again'), mismatch);
  t.match(await append(0, 'again'), mismatch);
  t.match(await ask({ method: 'POST', path: '/none?append&position=1', body: 'x' }), mismatch);
  t.match(await ask({ method: 'GET', path: '/log' }), { status: 200, body: 'onetwo' });
  t.match(await ask({ method: 'HEAD', path: '/log' }), {
    headers: { 'x-obs-next-append-position': '6', 'x-obs-object-type': 'Appendable', 'content-length': '6' },
  });
  t.match(await ask({ method: 'GET', path: '/' }), { body: '<Type>Appendable</Type>' });
  t.match(await ask({ method: 'HEAD', path: '/log', scheme: 'AWS' }), {
    headers: { 'x-obs-next-append-position': '6' },
  });
});

await t.test('its parameters may be in any order, and its name in any case', async (t) => {
  const { ask } = await startObs(t);
  t.match(await ask({ method: 'POST', path: '/a?position=0&append', body: 'x' }), { status: 200 });
  t.match(await ask({ method: 'POST', path: '/a?Append&position=1', body: 'y' }), { status: 200 });
  t.match(await ask({ method: 'POST', path: '/a?append&position=2', body: 'z', scheme: 'AWS' }), {
    status: 200,
  });
  t.match(await ask({ method: 'GET', path: '/a' }), { body: 'xyz' });
});

await t.test('what was not made by an append takes none', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', body: 'x' });
  const refused = { status: 409, body: '<Code>ObjectNotAppendable</Code>' };
  t.match(await ask({ method: 'POST', path: '/k?append&position=1', body: 'y' }), refused);
  await ask({ method: 'POST', path: '/log?append&position=0', body: 'x' });
  await ask({ method: 'PUT', path: '/copy', headers: { 'x-obs-copy-source': '/bucket/log' } });
  t.match(await ask({ method: 'POST', path: '/copy?append&position=1', body: 'y' }), refused);
  await ask({ method: 'PUT', path: '/log', body: 'x' });
  t.match(await ask({ method: 'POST', path: '/log?append&position=1', body: 'y' }), refused);
  const cold = { 'x-obs-storage-class': 'COLD' };
  t.match(await ask({ method: 'POST', path: '/cold?append&position=0', headers: cold, body: 'y' }), refused);
});

await t.test('each append needs the key of the object', async (t) => {
  const { ask, disk } = await startObs(t);
  const [key, other] = [keyHeaders(randomBytes(32)), keyHeaders(randomBytes(32))];
  const append = (position: number, headers: Record<string, string>) =>
    ask({ method: 'POST', path: `/log?append&position=${position}`, headers, body: 'marker ' });
  t.match(await append(0, key), {
    status: 200,
    headers: { 'x-obs-server-side-encryption-customer-algorithm': 'AES256' },
  });
  t.match(await append(7, key), { status: 200 });
  t.match(await append(14, {}), REFUSED_KEY);
  t.match(await append(14, other), REFUSED_KEY);
  t.match(await ask({ method: 'GET', path: '/log', headers: key }), { body: 'marker marker ' });
  const range = { range: 'bytes=5-9' };
  t.match(await ask({ method: 'GET', path: '/log', headers: { ...key, ...range } }), { body: 'r mar' });
  t.notOk((await disk()).some((file) => file.includes('marker')));
});

await t.test('of two appends at once one wins, and nothing is lost', async (t) => {
  const { ask } = await startObs(t);
  for (const position of [0, 1, 2, 3]) {
    const both = ['a', 'b'].map((body) =>
      ask({ method: 'POST', path: `/log?append&position=${position}`, body }),
    );
    t.same(
      (await Promise.all(both)).map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
  }
  t.match((await ask({ method: 'GET', path: '/log' })).body, /^[ab]{4}$/);
});

await t.test('a version stays the same one while it grows', async (t) => {
  const { ask } = await startObs(t);
  const enabled = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
  t.equal((await ask({ method: 'PUT', path: '/?versioning', body: enabled })).status, 200);
  const one = await ask({ method: 'POST', path: '/log?append&position=0', body: 'x' });
  const two = await ask({ method: 'POST', path: '/log?append&position=1', body: 'y' });
  t.ok(one.headers['x-obs-version-id']);
  t.equal(one.headers['x-obs-version-id'], two.headers['x-obs-version-id']);
});

await t.test('parallel file systems alone are modified, truncated and renamed', async (t) => {
  const { ask } = await startObs(t);
  await ask({ method: 'PUT', path: '/k', body: 'x' });
  const refused = { status: 405, body: '<Code>FsNotSupport</Code>' };
  t.match(await ask({ method: 'PUT', path: '/k?modify&position=0', body: 'y' }), refused);
  t.match(await ask({ method: 'PUT', path: '/k?truncate&length=0' }), refused);
  t.match(await ask({ method: 'POST', path: '/k?rename&name=new' }), refused);
  t.match(await ask({ method: 'GET', path: '/k' }), { body: 'x' });
});
