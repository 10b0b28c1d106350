import { PROVIDERS, type Provider, type ProviderName } from '../../../src/s3/providers.ts';
import { fits, readFailure } from '../../../src/s3/read-failure.ts';
import { type Outcome, succeeded } from './outcome.ts';

/** A figure of a provider's row: what the row says, and what the store's answers come to. */
interface Figure {
  readonly name: string;
  readonly says: (row: Provider) => string;
  readonly seen: (of: Asked, row: Provider) => string;
}

type Asked = (name: string) => Outcome;

const BOTH = 'algorithm+key-md5';
const CHECKSUMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
const FOLDED = ['two slashes', 'a dot', 'a slash in front'];

const FIGURES: readonly Figure[] = [
  {
    name: 'a wrong key is one of keyRefusals',
    says: () => 'yes',
    seen: (of, row) => yes(readFailure(row.keyRefusals, of('get sealed: another key')) !== 'other'),
  },
  {
    name: 'a key for a plain object is served or one of keyRefusals',
    says: () => 'yes',
    seen: (of, row) => {
      const outcome = of('get plain: a key');
      return yes(succeeded(outcome) || readFailure(row.keyRefusals, outcome) !== 'other');
    },
  },
  {
    name: 'no key is one of keyDemands',
    says: () => 'yes',
    seen: (of, row) => yes(row.keyDemands.some((saying) => fits(saying, of('get sealed: without a key')))),
  },
  {
    name: 'copiesSsec CopyObject',
    says: ({ copiesSsec }) => yes(copiesSsec.includes('CopyObject')),
    seen: (of) =>
      yes(
        ['plain to sealed', 'sealed to sealed, another key'].every(
          (way) => of(`copy ${way}`).left === 'sealed',
        ) && of('get: a copy under another key').bytes === 'all',
      ),
  },
  {
    name: 'copiesSsec UploadPartCopy, with an echo',
    says: ({ copiesSsec }) => yes(copiesSsec.includes('UploadPartCopy')),
    seen: (of) =>
      yes(ofSealed(of).echo === BOTH && of('get: a copied part under another key').bytes === 'all'),
  },
  {
    name: 'withoutEcho CopyObject, where it copies',
    says: ({ withoutEcho }) => yes(withoutEcho.operations.includes('CopyObject')),
    seen: (of) =>
      yes(of('copy sealed to sealed').echo === '' && of('copy sealed to sealed').left === 'sealed'),
  },
  {
    name: 'uploadEcho',
    says: ({ uploadEcho }) => yes(uploadEcho),
    seen: (of) => yes(of('create upload: a key').echo === BOTH),
  },
  {
    name: 'uploads',
    says: ({ uploads }) => uploads,
    seen: (of) => {
      if (succeeded(of('part: another key')) || succeeded(of('part: without a key'))) return 'unpinned';
      return succeeded(of('part: a key, of a plain upload')) ? 'pinned' : 'strict';
    },
  },
  {
    name: 'encodesUploadsSilently',
    says: ({ encodesUploadsSilently }) => yes(encodesUploadsSilently),
    seen: (of) => {
      const [key = '', encoding = ''] = of('list uploads: encoded').shown;
      return yes(key.includes('%') && encoding === 'EncodingType=');
    },
  },
  {
    name: 'listsMetadata',
    says: ({ listsMetadata }) => yes(listsMetadata),
    seen: (of) => yes(of('list v2: with metadata').shown.includes('X-Amz-Meta-Listed=yes')),
  },
  {
    name: 'ssecOnComplete',
    says: ({ ssecOnComplete }) => yes(ssecOnComplete),
    seen: (of) => yes(succeeded(of('complete: its key')) && succeeded(of('list parts: its key'))),
  },
  {
    name: 'trailers',
    says: ({ trailers }) => yes(trailers),
    seen: (of) =>
      yes(
        of('chunks: unsigned with trailer').left === 'sealed' &&
          refused(of('chunks: unsigned with trailer, a wrong checksum')),
      ),
  },
  {
    name: 'checks.sha256',
    says: ({ checks }) => yes(checks.sha256),
    seen: (of) => yes(refused(of('put: hash of another body'))),
  },
  {
    name: 'checks.md5',
    says: ({ checks }) => yes(checks.md5),
    seen: (of) => yes(refused(of('put: Content-MD5, wrong'))),
  },
  {
    name: 'checks.checksums',
    says: ({ checks }) => yes(checks.checksums),
    seen: (of) => yes(CHECKSUMS.every((name) => refused(of(`put: ${name}, wrong`)))),
  },
  {
    name: 'normalisesKeys',
    says: ({ normalisesKeys }) => yes(normalisesKeys),
    seen: (of) => yes(FOLDED.some((name) => succeeded(of(`object key with ${name} folded: get`)))),
  },
  {
    name: 'etag of an object and of a part',
    says: ({ etag }) => etag,
    seen: (of) =>
      ['put: a key', 'part: its key'].every((name) => of(name).etag.endsWith('md5')) ? 'md5' : 'opaque',
  },
  {
    name: 'sealsFolders',
    says: ({ sealsFolders }) => yes(sealsFolders),
    seen: (of) => yes(of('object key with a slash behind: put').left === 'sealed'),
  },
  {
    name: 'every write under a key is sealed and echoed',
    says: () => 'yes',
    seen: (of) =>
      yes(
        ['put: a key', 'put: empty, a key'].every(
          (name) => of(name).left === 'sealed' && of(name).echo === BOTH,
        ),
      ),
  },
];

/** Figures that are more careful than what was seen, each with its reason. */
const CAREFUL: Readonly<Partial<Record<ProviderName, Readonly<Record<string, string>>>>> = {
  seaweedfs: {
    trailers: 'the beginning of a body is stored that is said to be longer',
    'checks.md5': 'no SHA-256 is checked, so the end of a body is held back in any case',
    'checks.checksums': 'no SHA-256 is checked, so the end of a body is held back in any case',
  },
};

/** What the rows say and the stores don't, a line each. */
export function wrongRows(
  stores: readonly { readonly id: string; readonly provider: ProviderName; readonly asked: Asked }[],
): readonly string[] {
  return stores.flatMap(({ id, provider, asked }) => {
    const row = PROVIDERS[provider];
    return FIGURES.flatMap(({ name, says, seen }) => {
      const [said, was] = [says(row), seen(asked, row)];
      const careful = CAREFUL[provider]?.[name];
      if (said === was)
        return careful === undefined ? [] : [`${id}: ${name} is ${was}, as the row says: ${careful}`];
      return careful === undefined ? [`${id}: the row says of ${name}: ${said}; seen: ${was}`] : [];
    });
  });
}

function ofSealed(of: Asked): Outcome {
  return of('part copy sealed to sealed, another key');
}

function refused(outcome: Outcome): boolean {
  return outcome.status >= 400 && outcome.left === 'nothing';
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no';
}
