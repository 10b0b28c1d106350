import { globSync } from 'node:fs';
import { IMAGE } from '../../bench/stand/image.ts';
import type { Load } from './load.ts';

/** In Debian's package libjemalloc2; or where `JEMALLOC` says. */
const [LIBRARY] = [process.env.JEMALLOC, ...globSync('/usr/lib/*/libjemalloc.so.2')].filter(Boolean);
/** MiB above those before: caches, and pages that are shared by what stays and what goes. */
const KEPT = 48;

/** The same load under the allocator of the image, which has to give back what the clients had. */
export function withJemalloc(load: Load): Load {
  return {
    ...load,
    name: `${load.name}, with the allocator of the image`,
    skip: () =>
      LIBRARY === undefined ? 'needs libjemalloc.so.2: apt-get install libjemalloc2' : load.skip?.(),
    start: () => Promise.resolve({ env: { ...IMAGE.env, LD_PRELOAD: LIBRARY ?? '' } }),
    kept: KEPT,
  };
}
