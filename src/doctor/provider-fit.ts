import { PROVIDERS, type Provider } from '../s3/providers.ts';
import { fits, readFailure } from '../s3/read-failure.ts';
import type { StoreFailure } from '../store-client/answer.ts';
import { wordsOf } from './ask.ts';
import type { Checked, Grade } from './finding.ts';
import type { Seen } from './seen.ts';

/** Where a provider's row says something else than the store does. */
interface Difference {
  /** `stop`, `warning`: what comes of the row's figure. `note`: the row only asks less of the store than it can do. */
  readonly grade: Exclude<Grade, 'fine'>;
  readonly text: string;
}

type Figure = (provider: Provider, seen: Seen) => readonly (Difference | undefined)[];

/** A figure that can do harm where the row claims it, and is left unused where the store can and the row does not say. */
function claim(
  claims: boolean,
  sees: boolean | undefined,
  what: string,
  grade: Difference['grade'] = 'stop',
): Difference | undefined {
  if (sees === undefined || claims === sees) return undefined;
  return claims
    ? { grade, text: `the row says that the store ${what}, and it does not` }
    : { grade: 'note', text: `the store ${what}, of which the row makes no use` };
}

const FIGURES: readonly Figure[] = [
  ({ keyDemands }, { noKey }) => [
    noKey && !keyDemands.some((demand) => fits(demand, noKey))
      ? {
          grade: 'warning',
          text: `without a key the store says ${wordsOf(noKey)}, which the row does not know`,
        }
      : undefined,
  ],
  ({ keyRefusals }, { wrongKey }) => {
    const means = wrongKey && readFailure(keyRefusals, wrongKey);
    if (!wrongKey || means === 'wrong-key') return [];
    const said = `to a wrong key the store says ${wordsOf(wrongKey)}`;
    if (means === 'unclear' && !tellsWrongKey(wrongKey)) return [];
    return means === 'unclear'
      ? [{ grade: 'note', text: `${said}, which the row takes for unclear` }]
      : [
          {
            grade: 'stop',
            text: `${said}, which the row does not take for one: a ring ends at its first key`,
          },
        ];
  },
  ({ copiesSsec }, { copies, echoes }) =>
    [...copies].map(([operation, made]) => {
      // Where the answer does not name the key, an object can still be looked at, and a part can't.
      const proven = echoes.get(operation) === true || operation === 'CopyObject';
      const encrypts = made === 'encrypted' && proven;
      return claim(copiesSsec.includes(operation), encrypts, `encrypts by ${operation} and shows it`);
    }),
  (provider, { echoes }) =>
    [...echoes].map(([operation, echoed]) => {
      const asked = !operation.includes('Copy') || provider.copiesSsec.includes(operation);
      const expected = !provider.withoutEcho.operations.includes(operation);
      return asked ? claim(expected, echoed, `names the key in its answer to ${operation}`) : undefined;
    }),
  ({ uploadEcho }, seen) => [
    claim(uploadEcho, seen.uploadEcho, 'names the key in its answer to CreateMultipartUpload'),
  ],
  ({ trioOnComplete }, seen) => [
    claim(trioOnComplete, seen.trioOnComplete, 'takes the key with CompleteMultipartUpload'),
  ],
  ({ trailers }, seen) => [claim(trailers, seen.trailers, 'takes bodies in chunks, with trailers')],
  ({ checks }, seen) =>
    [...seen.checks].map(([kind, checked]) =>
      claim(checks[kind], checked, `checks ${HASHES[kind]} of a body`, 'warning'),
    ),
  ({ etag }, seen) => [
    claim(
      etag === 'md5',
      seen.etag && seen.etag === 'md5',
      'has the MD5 of an object as its ETag',
      'warning',
    ),
  ],
  ({ normalisesKeys }, { foldsKeys }) => [
    // Not to fold is what the row claims.
    claim(!normalisesKeys, foldsKeys === undefined ? undefined : !foldsKeys, 'keeps object keys as they are'),
  ],
];

/** Does the answer tell a wrong key from all else, to a row that knows it? */
function tellsWrongKey(said: StoreFailure): boolean {
  return Object.values(PROVIDERS).some(({ keyRefusals }) => readFailure(keyRefusals, said) === 'wrong-key');
}

const HASHES = { sha256: 'x-amz-content-sha256', md5: 'Content-MD5', checksums: 'x-amz-checksum-*' } as const;

function differencesOf(provider: Provider, seen: Seen): readonly Difference[] {
  return FIGURES.flatMap((figure) => figure(provider, seen)).filter((difference) => difference !== undefined);
}

/** The row with the fewest differences that do harm, and then with the fewest at all; of equals, the one that is there. */
function bestFit(current: Provider, seen: Seen): Provider {
  const rows = [current, ...Object.values(PROVIDERS).filter(({ name }) => name !== current.name)];
  const weighed = rows.map((row) => ({ row, weight: weightOf(differencesOf(row, seen)) }));
  return weighed.reduce((best, next) => (next.weight < best.weight ? next : best)).row;
}

const WEIGHTS = { stop: 10_000, warning: 100, note: 1 } as const;

function weightOf(differences: readonly Difference[]): number {
  return differences.reduce((sum, { grade }) => sum + WEIGHTS[grade], 0);
}

/** Which provider row fits what was seen, and what is different from the one of the config. */
export function judgeProvider(name: string, current: Provider, seen: Seen): readonly Checked[] {
  const check = 'provider row';
  const best = bestFit(current, seen);
  const left = differencesOf(best, seen);
  if (best === current)
    return [
      { check, grade: 'fine', found: `${current.name} is the row that fits best` },
      ...left.map(({ grade, text }): Checked => ({ check, grade, found: text })),
    ];
  const mend = `${name}.provider: ${best.name}`;
  const stays = left.length === 0 ? '' : `; of it, too: ${left.map(({ text }) => text).join('; ')}`;
  return [
    { check, grade: 'note', found: `${best.name} fits better than ${current.name}${stays}`, mend },
    ...differencesOf(current, seen).map(({ grade, text }): Checked => ({ check, grade, found: text, mend })),
  ];
}
