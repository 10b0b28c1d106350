import t from 'tap';
import { PROVIDER_NAMES, PROVIDERS, type Provider } from '../../src/s3/providers.ts';

t.test('has an entry for each name, and the entry knows its name', async (t) => {
  t.same(Object.keys(PROVIDERS), [...PROVIDER_NAMES]);
  for (const name of PROVIDER_NAMES) t.equal(PROVIDERS[name].name, name);
});

t.test('trusts only AWS, MinIO, Garage and SeaweedFS with copies where SSE-C is involved', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].copiesSsec.includes('CopyObject')),
    ['aws', 'minio', 'garage', 'seaweedfs'],
  );
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].copiesSsec.includes('UploadPartCopy')),
    ['aws', 'garage'],
  );
});

t.test('relies on a store to bind uploads to their key only if that was observed', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].uploads === 'unpinned'),
    ['obs', 'seaweedfs', 'generic'],
  );
  t.same(
    PROVIDER_NAMES.filter((name) => PROVIDERS[name].uploads === 'strict'),
    ['aws', 'garage'],
  );
});

t.test('sends no SSE-C headers on Complete where the store documents none', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => !PROVIDERS[name].ssecOnComplete),
    ['obs'],
  );
});

t.test('every refusal about the key that was seen is a 400 or a 403', async (t) => {
  for (const name of PROVIDER_NAMES) {
    const { keyRefusals } = PROVIDERS[name];
    t.ok(keyRefusals.length > 0, name);
    t.ok(
      keyRefusals.every((one) => 'unseen' in one || one.status === 400 || one.status === 403),
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

t.test(
  'sends trailers only to stores that are known to take them, and checks what others do not',
  async (t) => {
    const names = (has: (provider: Provider) => boolean): string[] =>
      PROVIDER_NAMES.filter((name) => has(PROVIDERS[name]));
    t.same(
      names(({ trailers }) => trailers),
      ['aws', 'minio', 'garage'],
    );
    t.same(
      names(({ checks }) => checks.checksums),
      ['aws', 'minio', 'garage'],
      'Ceph ignores a wrong checksum',
    );
    t.same(
      names(({ checks }) => checks.sha256 && checks.md5),
      ['aws', 'ceph', 'minio', 'garage', 'hetzner'],
    );
  },
);

t.test('relies on unchanged object keys only if that was observed or is documented', async (t) => {
  t.same(
    PROVIDER_NAMES.filter((name) => !PROVIDERS[name].normalisesKeys),
    ['aws', 'ceph', 'hetzner'],
    'MinIO and Garage store /a as a',
  );
  t.same(
    PROVIDER_NAMES.filter((name) => !PROVIDERS[name].sealsFolders),
    ['seaweedfs'],
  );
});
