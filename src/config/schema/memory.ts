import { MEMORY_LIMITS, type MemoryLimits } from '../../remembered.ts';
import * as z from '../zod.ts';
import { count } from './scalars.ts';

const most = (limit: keyof MemoryLimits, what: string) => count(what, MEMORY_LIMITS[limit], 10_000_000);

export const memorySchema = () =>
  z
    .strictObject({
      objects: most(
        'objects',
        'Objects of which the SSE-C key is remembered, where a ring has several: reads try it first. About 190 bytes each.',
      ),
      uploads: most(
        'uploads',
        'Multipart uploads that are known to be encrypted. A forgotten one costs a request; at SeaweedFS, obs and generic its ' +
          'id from a list can then not be continued. About 200 bytes each.',
      ),
      buckets: most('buckets', 'Buckets whose region at the store is remembered. About 150 bytes each.'),
    })
    .prefault({})
    .describe(
      'How much each process remembers to save requests to the store. What was used longest ago is forgotten first.',
    );
