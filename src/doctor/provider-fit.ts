import { PROVIDERS, type Provider } from '../s3/providers.ts';
import { fits, readFailure } from '../s3/read-failure.ts';
import type { StoreFailure } from '../store-client/answer.ts';
import { wordsOf } from './ask.ts';
import type { Checked, Grade } from './finding.ts';
import type { Seen } from './seen.ts';

/** A difference between a provider of the table and the store. */
interface Difference {
  /** `stop`, `warning`: the provider claims something that the store does not do. `note`: it claims too little. */
  readonly grade: Exclude<Grade, 'fine'>;
  readonly text: string;
}

type Figure = (provider: Provider, seen: Seen) => readonly (Difference | undefined)[];

/** Compares a property that does harm if only the provider has it, and is merely unused if only the store has it. */
function claim(
  claims: boolean,
  sees: boolean | undefined,
  what: string,
  grade: Difference['grade'] = 'stop',
): Difference | undefined {
  if (sees === undefined || claims === sees) return undefined;
  return claims
    ? { grade, text: `the provider says that the store ${what}, but it does not` }
    : { grade: 'note', text: `the store ${what}, but the provider does not use that` };
}

const FIGURES: readonly Figure[] = [
  ({ keyDemands }, { noKey }) => [
    noKey && !keyDemands.some((demand) => fits(demand, noKey))
      ? {
          grade: 'warning',
          text: `without a key the store says ${wordsOf(noKey)}, which the provider does not know`,
        }
      : undefined,
  ],
  ({ keyRefusals }, { wrongKey }) => {
    const means = wrongKey && readFailure(keyRefusals, wrongKey);
    if (!wrongKey || means === 'wrong-key') return [];
    const said = `with a wrong key the store says ${wordsOf(wrongKey)}`;
    if (means === 'unclear' && !tellsWrongKey(wrongKey)) return [];
    return means === 'unclear'
      ? [{ grade: 'note', text: `${said}, which the provider treats as unclear` }]
      : [
          {
            grade: 'stop',
            text: `${said}, which the provider does not recognise as a wrong key: reads would stop at the first key of a ring`,
          },
        ];
  },
  ({ copiesSsec }, { copies, echoes }) =>
    [...copies].map(([operation, made]) => {
      // If the response does not name the key, a HEAD can still check an object, but not a part.
      const proven = echoes.get(operation) === true || operation === 'CopyObject';
      const encrypts = made === 'encrypted' && proven;
      return claim(copiesSsec.includes(operation), encrypts, `encrypts with ${operation} and proves it`);
    }),
  (provider, { echoes }) =>
    [...echoes].map(([operation, echoed]) => {
      const asked = !operation.includes('Copy') || provider.copiesSsec.includes(operation);
      const expected = !provider.withoutEcho.operations.includes(operation);
      return asked ? claim(expected, echoed, `names the key in its response to ${operation}`) : undefined;
    }),
  ({ uploadEcho }, seen) => [
    claim(uploadEcho, seen.uploadEcho, 'names the key in its response to CreateMultipartUpload'),
  ],
  ({ ssecOnComplete }, seen) => [
    claim(ssecOnComplete, seen.ssecOnComplete, 'accepts the key with CompleteMultipartUpload'),
  ],
  ({ trailers }, seen) => [claim(trailers, seen.trailers, 'accepts bodies in chunks, with trailers')],
  ({ checks }, seen) =>
    [...seen.checks].map(([kind, checked]) =>
      claim(checks[kind], checked, `checks ${HASHES[kind]} of a body`, 'warning'),
    ),
  ({ etag }, seen) => [
    claim(
      etag === 'md5',
      seen.etag && seen.etag === 'md5',
      'uses the MD5 of an object as its ETag',
      'warning',
    ),
  ],
  ({ normalisesKeys }, { foldsKeys }) => [
    // The provider claims that the store does not normalise.
    claim(!normalisesKeys, foldsKeys === undefined ? undefined : !foldsKeys, 'keeps object keys unchanged'),
  ],
];

/** Does any provider recognise this response as that of a wrong key? */
function tellsWrongKey(said: StoreFailure): boolean {
  return Object.values(PROVIDERS).some(({ keyRefusals }) => readFailure(keyRefusals, said) === 'wrong-key');
}

const HASHES = { sha256: 'x-amz-content-sha256', md5: 'Content-MD5', checksums: 'x-amz-checksum-*' } as const;

function differencesOf(provider: Provider, seen: Seen): readonly Difference[] {
  return FIGURES.flatMap((figure) => figure(provider, seen)).filter((difference) => difference !== undefined);
}

/** The provider with the fewest differences that do harm, then with the fewest of all; if equal, the current one. */
function bestFit(current: Provider, seen: Seen): Provider {
  const providers = [current, ...Object.values(PROVIDERS).filter(({ name }) => name !== current.name)];
  const weighed = providers.map((provider) => ({
    provider,
    weight: weightOf(differencesOf(provider, seen)),
  }));
  return weighed.reduce((best, next) => (next.weight < best.weight ? next : best)).provider;
}

const WEIGHTS = { stop: 10_000, warning: 100, note: 1 } as const;

function weightOf(differences: readonly Difference[]): number {
  return differences.reduce((sum, { grade }) => sum + WEIGHTS[grade], 0);
}

/** Which provider fits the store best, and how does the one in the config differ? */
export function judgeProvider(name: string, current: Provider, seen: Seen): readonly Checked[] {
  const check = 'provider';
  const best = bestFit(current, seen);
  const left = differencesOf(best, seen);
  if (best === current)
    return [
      { check, grade: 'fine', found: `${current.name} is the provider that fits best` },
      ...left.map(({ grade, text }): Checked => ({ check, grade, found: text })),
    ];
  const fix = `${name}.provider: ${best.name}`;
  const stays = left.length === 0 ? '' : `, but not in this: ${left.map(({ text }) => text).join('; ')}`;
  return [
    { check, grade: 'note', found: `${best.name} fits better than ${current.name}${stays}`, fix },
    ...differencesOf(current, seen).map(({ grade, text }): Checked => ({ check, grade, found: text, fix })),
  ];
}
