import type { UnsizedLimits } from '../../snapshot/unsized-limits.ts';
import type { PartReader } from './part-reader.ts';
import type { Room } from './room.ts';

/** A body whose length nobody knows yet, on its way into memory. */
export interface Unsized {
  readonly reader: PartReader;
  readonly room: Room;
  readonly limits: UnsizedLimits;
}
