import t from 'tap';
import { PROVIDER_NAMES, PROVIDERS } from '../../src/s3/providers.ts';

t.test('has a row for each name, and the row knows its name', async (t) => {
  t.same(Object.keys(PROVIDERS), [...PROVIDER_NAMES]);
  for (const name of PROVIDER_NAMES) t.equal(PROVIDERS[name].name, name);
});

t.test('trusts only AWS and MinIO with copies where SSE-C is involved', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].copiesSsec),
    ['aws', 'minio'],
  );
});

t.test('sends no SSE-C headers on Complete where the store documents none', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => !PROVIDERS[name].trioOnComplete),
    ['obs'],
  );
});

t.test('knows by which status a store says that the key is another', async (t) => {
  t.same(PROVIDERS.aws.wrongKeyStatus, [403]);
  t.same(PROVIDERS.ceph.wrongKeyStatus, [400]);
  t.same(PROVIDERS.garage.wrongKeyStatus, [400]);
  t.same(PROVIDERS.generic.wrongKeyStatus, [400, 403]);
  for (const name of PROVIDER_NAMES) {
    t.ok(
      PROVIDERS[name].wrongKeyStatus.every((status) => status === 400 || status === 403),
      name,
    );
  }
});

t.test('addresses by path unless the store wants host names', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].addressing === 'virtual'),
    ['aws', 'obs'],
  );
});
