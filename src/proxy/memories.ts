import { KeyMemo } from '../keys/memo.ts';
import type { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import { MEMORY_LIMITS, type Remembered } from '../remembered.ts';
import { HeldBytes, OF_CLIENTS, OF_UNSIZED } from '../response/held-bytes.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { BucketRegions } from '../upstream/bucket-regions.ts';
import type { Serving } from './serving.ts';

/** What requests remember, and the memory that their documents share. All of it outlives a snapshot. */
export type Memories = Pick<
  Serving,
  'memo' | 'regions' | 'encryptedUploads' | 'heldBytes' | 'heldOfClients' | 'heldOfUnsized'
>;

export function makeMemories(encryptedUploads: EncryptedUploads): Memories {
  return {
    memo: new KeyMemo(),
    regions: new BucketRegions(),
    encryptedUploads,
    heldBytes: new HeldBytes(),
    heldOfClients: new HeldBytes(OF_CLIENTS),
    heldOfUnsized: new HeldBytes(OF_UNSIZED),
  };
}

/** As much as a config wants, from now on. */
export function limitMemories(
  { memo, regions, encryptedUploads, heldBytes, heldOfClients, heldOfUnsized }: Memories,
  { documents, clientDocuments, unsizedBodies, memory = MEMORY_LIMITS }: Snapshot['limits'],
): void {
  heldBytes.use(documents);
  heldOfClients.use(clientDocuments);
  heldOfUnsized.use(unsizedBodies);
  memo.use(memory.objects);
  encryptedUploads.use(memory.uploads);
  regions.use(memory.buckets);
}

/** For metrics. */
export function rememberedIn({ memo, encryptedUploads, regions }: Memories): {
  readonly objects: Remembered;
  readonly uploads: Remembered;
  readonly buckets: Remembered;
} {
  return { objects: memo.figures, uploads: encryptedUploads.figures, buckets: regions.figures };
}

/** How many bytes of documents are held, by the names of their limits. */
export function heldIn({
  heldBytes,
  heldOfClients,
  heldOfUnsized,
}: Memories): Record<'documents' | 'clientDocuments' | 'unsizedBodies', HeldBytes['figures']> {
  return {
    documents: heldBytes.figures,
    clientDocuments: heldOfClients.figures,
    unsizedBodies: heldOfUnsized.figures,
  };
}
