import type { IHasher } from 'hash-wasm';
import type { Digest } from './digest.ts';

type Variant = 'createXXHash64' | 'createXXHash3' | 'createXXHash128';

/** Loaded instances of WebAssembly stay: one per variant, up to 7 MiB with its code. */
const hashers = new Map<Variant, Promise<IHasher>>();

/**
 * An xxHash with seed 0, in the canonical (big-endian) order of its bytes, as in S3. Nothing is loaded before the
 * first body that needs it.
 *
 * Every instance of WebAssembly reserves 8 GiB of addresses, so all bodies of a variant share one and keep what is
 * theirs, 84 or 580 bytes, between their pieces.
 * https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */
export async function xxhash(variant: Variant): Promise<Digest> {
  const hasher = await hasherOf(variant);
  let state = hasher.init().save();
  return {
    update: (chunk) => {
      state = hasher.load(state).update(chunk).save();
    },
    digest: () => Buffer.from(hasher.load(state).digest('binary')),
  };
}

function hasherOf(variant: Variant): Promise<IHasher> {
  const loading = hashers.get(variant) ?? import('hash-wasm').then((library) => library[variant]());
  hashers.set(variant, loading);
  return loading;
}
