import type { Snapshot } from '../snapshot/snapshot.ts';
import { upstreamOf } from '../snapshot/upstream-of.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { type ClientOptions, type StoreClient, storeClient } from './client.ts';

export interface StoreClients {
  /** The client for the upstream of the bucket, created on first use. */
  of(bucket: string): StoreClient;
  close(): void;
}

export function storeClients(snapshot: Snapshot, options: ClientOptions): StoreClients {
  const clients = new Map<Upstream, StoreClient>();
  return {
    of: (bucket) => {
      const upstream = upstreamOf(snapshot, bucket);
      const client = clients.get(upstream) ?? storeClient(upstream, options);
      clients.set(upstream, client);
      return client;
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
}
