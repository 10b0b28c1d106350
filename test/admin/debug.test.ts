import { createHmac } from 'node:crypto';
import t, { type Test } from 'tap';
import { type Admin, startAdmin } from '../../src/admin/admin.ts';
import { type Debugged, debugged } from '../../src/admin/debug.ts';
import { debugRoutes } from '../../src/admin/debug-routes.ts';
import { Secret } from '../../src/secret.ts';
import { testKey } from '../config/fixture.ts';

const TOKEN = 'token-for-tests-of-admin';
const PLACE = { host: '127.0.0.1', port: 0 };
const WITH_TOKEN = { headers: { authorization: `Bearer ${TOKEN}` } };

async function started(
  t: Test,
  {
    on = true,
    guarded = true,
    own = debugged(() => ({ documents: 7 })),
  }: { on?: boolean; guarded?: boolean; own?: Debugged },
): Promise<Admin> {
  const routes = debugRoutes({ on: () => on, of: (worker) => (worker === undefined ? own : undefined) });
  const settings = guarded ? { ...PLACE, token: new Secret(TOKEN) } : PLACE;
  const admin = await startAdmin(settings, routes);
  t.teardown(() => admin.close());
  return admin;
}

t.test('a profile names functions, and holds no key', async (t) => {
  const { port } = await started(t, {});
  const ssecKey = testKey('marker');
  let working = true;
  const work = (async () => {
    while (working) {
      useKeyForTests(ssecKey);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const answer = await fetch(`http://127.0.0.1:${port}/debug/profile?seconds=1`, {
    method: 'POST',
    ...WITH_TOKEN,
  });
  working = false;
  await work;
  t.equal(answer.status, 200);
  t.match(answer.headers.get('content-disposition'), /\.cpuprofile"$/);
  const text = await answer.text();
  const profile = JSON.parse(text) as { nodes: { callFrame: { functionName: string } }[]; samples: number[] };
  t.ok(profile.samples.length > 0);
  t.ok(profile.nodes.some(({ callFrame }) => callFrame.functionName === 'useKeyForTests'));
  for (const encoding of ['base64', 'hex', 'latin1'] as const)
    t.notOk(text.includes(ssecKey.toString(encoding)));
  t.notOk(text.includes(TOKEN));
});

function useKeyForTests(bytes: Uint8Array): void {
  for (let at = 0; at < 500; at += 1) createHmac('sha256', bytes).update('text').digest();
}

t.test('one profile at a time', async (t) => {
  const { port } = await started(t, {});
  const both = await Promise.all(
    [1, 1].map(async (seconds) => {
      const url = `http://127.0.0.1:${port}/debug/profile?seconds=${seconds}`;
      const answer = await fetch(url, { method: 'POST', ...WITH_TOKEN });
      await answer.text();
      return answer.status;
    }),
  );
  t.strictSame(both.toSorted(), [200, 409]);
});

t.test('a profile whose caller has left ends, and the next one can begin', async (t) => {
  const own = debugged();
  const left = new AbortController();
  const first = own.profile(60, left.signal);
  t.strictSame(await own.profile(1), {});
  left.abort();
  t.type((await first).profile, 'string');
  t.type((await own.profile(1, AbortSignal.abort())).profile, 'string');
});

t.test('figures of the memory, and what the proxy holds', async (t) => {
  const { port } = await started(t, {});
  const answer = await fetch(`http://127.0.0.1:${port}/debug/heap`, WITH_TOKEN);
  t.equal(answer.status, 200);
  t.match(await answer.json(), {
    process: { rss: Number },
    heap: { used_heap_size: Number },
    spaces: [{ space_name: String }],
    held: { documents: 7 },
  });
});

const REFUSED = [
  { name: 'a profile by GET', path: '/debug/profile?seconds=1', method: 'GET', status: 405 },
  { name: 'no time', path: '/debug/profile?seconds=0', method: 'POST', status: 400 },
  { name: 'too long', path: '/debug/profile?seconds=61', method: 'POST', status: 400 },
  { name: 'no number', path: '/debug/profile?seconds=1e1', method: 'POST', status: 400 },
  { name: 'an empty number', path: '/debug/profile?seconds=', method: 'POST', status: 400 },
  { name: 'a worker that is not there', path: '/debug/profile?worker=3', method: 'POST', status: 404 },
  { name: 'a worker without a number', path: '/debug/heap?worker=a', method: 'GET', status: 400 },
  { name: 'a snapshot of the heap', path: '/debug/heap?snapshot=1', method: 'GET', status: 400 },
];

t.test('what is asked wrongly is refused', async (t) => {
  const { port } = await started(t, {});
  for (const { name, path, method, status } of REFUSED)
    t.equal((await fetch(`http://127.0.0.1:${port}${path}`, { method, ...WITH_TOKEN })).status, status, name);
});

t.test('it is off by default, and never for everybody', async (t) => {
  const ask = async ({ port }: Admin, options: RequestInit): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/debug/heap`, options)).status;
  t.equal(await ask(await started(t, { on: false }), WITH_TOKEN), 404);
  t.equal(await ask(await started(t, {}), {}), 401);
  t.equal(await ask(await started(t, { guarded: false }), {}), 403);
});
