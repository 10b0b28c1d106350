import type { IHasher } from 'hash-wasm';
import type { Digest } from './digest.ts';

type Library = typeof import('hash-wasm');
type Algorithm = keyof typeof MAKERS;

/** xxHash with seed 0. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
const MAKERS = {
  XXHASH64: ({ createXXHash64 }: Library) => createXXHash64(),
  XXHASH3: ({ createXXHash3 }: Library) => createXXHash3(),
  XXHASH128: ({ createXXHash128 }: Library) => createXXHash128(),
};

/** An instance of WebAssembly, and the body whose hash stands in it. */
interface Shared {
  readonly hasher: IHasher;
  has: Body | undefined;
}

/** One body's hash: what is known of it when another body has the instance. */
interface Body {
  state: Uint8Array;
}

/** Loaded instances stay: one per algorithm, up to 7 MiB with its code. */
const instances = new Map<Algorithm, Promise<Shared>>();

/**
 * A hash that Node does not have, in the canonical (big-endian) order of its bytes, as in S3. Nothing is loaded before the
 * first body that needs it.
 *
 * Every instance of WebAssembly reserves 8 GiB of addresses, so all bodies of an algorithm share one. What is theirs, up to
 * 580 bytes, is taken out of it when the next one comes: mostly several pieces of a body come in a row.
 */
export async function wasmHash(algorithm: Algorithm): Promise<Digest> {
  const shared = await instanceOf(algorithm);
  const body: Body = { state: freshState(shared) };
  return {
    update: (chunk) => {
      hasherFor(body, shared).update(chunk);
    },
    digest: () => {
      const digest = Buffer.from(hasherFor(body, shared).digest('binary'));
      // It is over: nobody needs what is left in the instance.
      shared.has = undefined;
      return digest;
    },
  };
}

/** The instance with the hash of this body in it. */
function hasherFor(body: Body, shared: Shared): IHasher {
  const { hasher, has } = shared;
  if (has === body) return hasher;
  if (has) has.state = hasher.save();
  hasher.load(body.state);
  shared.has = body;
  return hasher;
}

function freshState(shared: Shared): Uint8Array {
  const { hasher, has } = shared;
  if (has) has.state = hasher.save();
  shared.has = undefined;
  return hasher.init().save();
}

function instanceOf(algorithm: Algorithm): Promise<Shared> {
  const known = instances.get(algorithm);
  if (known) return known;
  const loading = import('hash-wasm')
    .then(MAKERS[algorithm])
    .then((hasher): Shared => ({ hasher, has: undefined }));
  instances.set(algorithm, loading);
  return loading;
}
