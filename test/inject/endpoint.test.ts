import t from 'tap';
import { admitted, pod } from './fixture.ts';

const ENDPOINT = { name: 'AWS_ENDPOINT_URL', value: 'http://127.0.0.1:8080' };

t.test('variables of the container can be made of the endpoint: it comes before them', async (t) => {
  const env = { name: 'RESTIC_REPOSITORY', value: 's3:$(AWS_ENDPOINT_URL)/app-data' };
  const initContainers = [{ name: 'migrate', env: [env] }];
  const { pod: after } = await admitted(pod({ initContainers, containers: [{ name: 'web', env: [env] }] }));
  t.same(after.spec.initContainers[1]?.env, [ENDPOINT, env]);
  t.same(after.spec.containers[0]?.env, [ENDPOINT, env]);
});
