import { interfaces } from './meanings/interfaces.ts';
import { lambdas } from './meanings/lambdas.ts';
import { openMeanings, PROXY } from './meanings/meanings.ts';
import { secondNames } from './meanings/second-names.ts';
import { subresources } from './meanings/subresources.ts';
import { versions } from './meanings/versions.ts';
import { summary } from './signed/checks.ts';
import { atStores } from './signed/stand.ts';

/**
 * Queries and paths that MinIO takes for something else than S3 does: sent to MinIO itself, where they have to work, or
 * all of this shows nothing; and through the proxy, where they must not. For Ceph it is test/real/adversary.sh.
 */
await atStores(
  'minio',
  async (stand) => {
    const meanings = openMeanings(stand);
    await versions(meanings);
    await interfaces(meanings);
    await secondNames(meanings);
    await lambdas(meanings);
    await subresources(meanings);
  },
  PROXY,
);
process.exit(summary());
