import t from 'tap';
import type { Bench } from '../../src/doctor/bench.ts';
import { bucketThere } from '../../src/doctor/checks/bucket.ts';
import type { StoreClient } from '../../src/store-client/client.ts';
import '../matrix/resolve-localhost.ts';
import { type DoctorStand, type Examined, examined, startDoctorStand } from '../support/doctor-stand.ts';

const stops = ({ findings }: Examined) => findings.filter(({ grade }) => grade === 'stop');
const OBS = { profile: 'obs', domains: ['obs.localhost'], buckets: ['vault', 'open'] } as const;

function configOf(stand: DoctorStand, more = 'obs: true\n'): Promise<string> {
  const endpoint = `https://obs.localhost:${stand.port}`;
  return stand.config({ provider: 'obs', dialect: 'obs', endpoint, addressing: 'virtual' }, more);
}

t.test('OBS is examined in its own dialect, and asked what its documents leave open', async (t) => {
  const stand = await startDoctorStand(t, OBS);
  const result = await examined(stand, await configOf(stand));
  t.same(stops(result), []);
  const said = result.findings.filter(({ check }) => check === 'OBS');
  t.match(said, [
    {
      found:
        /^an object grows by appends under its key, which the answers name; an append with another key is refused/,
    },
    { found: 'a copy of an object onto itself changes its key' },
    { found: /^persistent headers that begin with x-amz- are / },
  ]);
  t.ok(result.findings.some(({ found }) => found === 'obs is the provider that fits best'));
});

t.test('--as obs does what its SDKs do, and everything is encrypted', async (t) => {
  const stand = await startDoctorStand(t, OBS);
  const result = await examined(stand, await configOf(stand), '--as', 'obs');
  t.same(stops(result), []);
  t.match(
    result.findings.filter(({ check }) => /esdk-obs/.test(check)),
    [
      { found: /^58 requests .recorded .* got the right responses/ },
      { found: /^18 writes were checked at the store: without a key it returned none/ },
    ],
  );
});

t.test('--as obs at a store of S3 leaves out what only OBS has', async (t) => {
  const stand = await startDoctorStand(t);
  const result = await examined(stand, await stand.config({}, 'obs: true\n'), '--as', 'obs');
  t.same(stops(result), []);
  t.match(
    result.findings.filter(({ check }) => /esdk-obs/.test(check)),
    [{ found: /\. 10 requests that only OBS has were left out$/ }, {}],
  );
});

t.test('--as obs needs the OBS signature', async (t) => {
  const stand = await startDoctorStand(t, OBS);
  t.match(stops(await examined(stand, await configOf(stand, ''), '--as', 'obs')), [{ fix: 'obs: true' }]);
});

t.test('a parallel file system is refused, as it has no encryption', async (t) => {
  const { store } = await startDoctorStand(t);
  const asFileSystem: StoreClient = {
    ...store,
    send: async (request) => {
      const response = await store.send(request);
      response.headers['x-obs-fs-file-interface'] = 'Enabled';
      return response;
    },
  };
  const bench = { client: asFileSystem, bucket: 'vault', upstream: { region: 'eu-test-1' } };
  t.match(await bucketThere.run(bench as unknown as Bench), [
    { grade: 'stop', found: /parallel file system/, fix: /object bucket/ },
  ]);
});
