import { aws } from '../client-run.ts';
import { configMap, minio, namespace } from '../manifests.ts';
import { BUCKET, STORE } from '../stand.ts';
import type { Step } from '../step.ts';

/** The store, and the namespace of its clients. */
export const STORE_STEPS: readonly Step[] = [
  {
    what: 'a store is up: MinIO over TLS, in a namespace with PodSecurity `restricted`',
    run: async (stand) => {
      const { cluster, tls } = stand;
      await cluster.apply(minio(stand));
      await cluster.apply([namespace('clients'), configMap('clients', 'ca', { 'ca.crt': tls.ca })]);
      await cluster.kubectl('-n', 'store', 'rollout', 'status', 'deployment/minio', '--timeout=60s');
      const asking = { namespace: 'clients', as: stand.store, endpoint: STORE };
      await aws(stand, asking, 's3', 'mb', `s3://${BUCKET}`);
      return STORE;
    },
  },
];
