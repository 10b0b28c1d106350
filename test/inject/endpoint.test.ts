import t from 'tap';
import { admitted, apiWith, CONFIG, pod, profileMap, SETTINGS } from './fixture.ts';

const ENDPOINT = { name: 'AWS_ENDPOINT_URL', value: 'http://127.0.0.1:8080' };

t.test('variables of the container can be made of the endpoint: it comes before them', async (t) => {
  const env = { name: 'RESTIC_REPOSITORY', value: 's3:$(AWS_ENDPOINT_URL)/app-data' };
  const initContainers = [{ name: 'migrate', env: [env] }];
  const { pod: after } = await admitted(pod({ initContainers, containers: [{ name: 'web', env: [env] }] }));
  t.same(after.spec.initContainers[1]?.env, [ENDPOINT, env]);
  t.same(after.spec.containers[0]?.env, [ENDPOINT, env]);
});

t.test('the endpoint is an address: before the name localhost SDKs put the bucket', async (t) => {
  const byName = CONFIG.replace('127.0.0.1:8080', 'LocalHost:8080');
  t.match(await admitted(pod(), { ask: apiWith(profileMap(SETTINGS, byName)) }), {
    kind: 'refused',
    message:
      /endpoint needs a listener on loopback without TLS; write listen: .*127\.0\.0\.1:8080.* and not localhost/,
  });
  const both = CONFIG.replace('listen:', 'listen:\n  - address: localhost:8081\n    auth: none');
  const { pod: after } = await admitted(pod(), { ask: apiWith(profileMap(SETTINGS, both)) });
  t.same(after.spec.containers[0]?.env, [ENDPOINT]);
  const untold = SETTINGS.replace('endpoint: { containers: all }', '');
  t.equal((await admitted(pod(), { ask: apiWith(profileMap(untold, byName)) })).kind, 'injected');
});
