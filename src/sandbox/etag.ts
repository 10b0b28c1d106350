import { createHash, randomBytes } from 'node:crypto';
import type { Rules } from './rules.ts';
import type { Meter } from './store/data.ts';
import { meterWith } from './store/digests.ts';

/** How a body gets its ETag: `sealed` has to see what goes to the disk, if there is one. */
interface EtagMaker {
  readonly sealed: Meter | undefined;
  /** Once the body is written. @param md5 of the plaintext, hex */
  readonly etag: (md5: string) => string;
}

/** The MD5 of a plain body; 32 other hex digits under a customer's key, which differ with every write. */
export function etagMaker({ sealedEtag }: Rules, ssecKey: Uint8Array | undefined): EtagMaker {
  if (ssecKey === undefined) return { sealed: undefined, etag: (md5) => md5 };
  if (sealedEtag === 'random') return { sealed: undefined, etag: () => randomBytes(16).toString('hex') };
  const ciphertext = createHash('md5');
  return { sealed: meterWith([ciphertext]), etag: () => ciphertext.digest('hex') };
}
