import type { UpstreamFacts } from './facts.ts';
import { ago, plural } from './words.ts';

/** From so many failures in a row on it is not a coincidence. */
const IN_A_ROW = 3;

/** Is a store left alone, or does it fail again and again? */
export function isDown({ outage, inARow, kind }: UpstreamFacts): boolean {
  if (outage) return true;
  // A client that gives up has waited long for it: a single one is a reason to look.
  return inARow >= (kind === 'silent' ? 1 : IN_A_ROW);
}

/** What is said of one that is. */
export function downSaid(
  one: UpstreamFacts,
  all: readonly UpstreamFacts[],
  now: number,
): { readonly of: string; readonly sentence: string; readonly fix: string } {
  const { name, kind = 'unreachable', cause = '', lastAnswer, inARow } = one;
  const since =
    lastAnswer === undefined
      ? 'It has not answered since the start'
      : `It answered last ${ago(lastAnswer, now)} ago`;
  const { says, fix } = DOWN[kind];
  return {
    of: name,
    sentence: `The store ${name} ${says} (${plural(inARow, 'time')} in a row${cause === '' ? '' : `: ${cause}`}). ${since}.${othersSaid(one, all)}`,
    fix: CERTIFICATE_FIXES.find(([code]) => code.test(cause))?.[1](name) ?? fix(name),
  };
}

/** Of a store to which no request has gone yet, nothing is known. */
function othersSaid(one: UpstreamFacts, all: readonly UpstreamFacts[]): string {
  const others = all.filter((other) => other !== one);
  const up = others.filter((other) => other.lastAnswer !== undefined && !isDown(other)).length;
  if (up === 0) return '';
  const [which, answer] = others.length === 1 ? ['store', 'answers'] : [`${others.length} stores`, 'answer'];
  return up === others.length
    ? ` The other ${which} ${answer}.`
    : ` Of the other ${which}, ${up} ${up === 1 ? 'answers' : 'answer'}.`;
}

/** By the code of what is wrong with the certificate of the store. */
const CERTIFICATE_FIXES: readonly (readonly [code: RegExp, fix: (name: string) => string])[] = [
  [
    /\b(?:SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY_LEAF)/,
    (name) =>
      `Put the certificate of the authority that signed the one of the store into ${name}.ca, a file in PEM format; "ssec-proxy doctor" shows who signed it.`,
  ],
  [
    /\bERR_TLS_CERT_ALTNAME_INVALID\b/,
    (name) => `Use a name in ${name}.endpoint that is in the certificate of the store.`,
  ],
  [
    /\bCERT_(?:HAS_EXPIRED|NOT_YET_VALID)\b/,
    () => "Renew the certificate of the store, or set this host's clock.",
  ],
];

const DOWN = {
  unreachable: {
    says: "can't be reached",
    fix: (name: string) =>
      `Check that it runs, that ${name}.endpoint is right, and the network and name service between; "ssec-proxy doctor" tries each step.`,
  },
  silent: {
    says: 'takes requests and does not answer',
    fix: () =>
      'Look at the store: it hangs or is overloaded. Requests end by themselves at the timeouts of the config.',
  },
  broken: {
    says: 'breaks connections off',
    fix: () =>
      'Look at the log of the store, and at what stands between: a load balancer may end connections.',
  },
  errors: {
    says: 'answers with errors',
    fix: () => 'Look at the log of the store: these errors are its own.',
  },
} as const;
