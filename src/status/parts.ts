import { PARTS, type Part } from '../health-parts.ts';
import type { Around } from './around.ts';
import { certificatesIn } from './certificates.ts';
import type { Facts, UpstreamFacts } from './facts.ts';
import type { Finding } from './findings.ts';
import { loginsWell } from './logins.ts';
import { credentialsWell } from './store-refusals.ts';
import { ago, inTime, plural } from './words.ts';

/** One line of `/readyz?verbose`. */
export interface PartState {
  readonly part: Part;
  /** Which of its kind. */
  readonly of?: string | undefined;
  /**
   * `failed` makes the proxy not ready; `degraded` is wrong, requests are served, and `/readyz` tells it; `warn` is for somebody
   * to look at.
   */
  readonly state: (typeof STATES)[number];
  readonly sentence: string;
}

/** The worst last. */
export const STATES = ['ok', 'warn', 'degraded', 'failed'] as const;

/** Where less than all that was asked for works, even what still works is told by `/readyz`. */
const TOLD: ReadonlySet<Part> = new Set<Part>(['keys', 'workers']);

/** How each part stands. @param required the parts that make it not ready when they are broken */
export function partsOf(
  facts: Facts,
  around: Around,
  findings: readonly Finding[],
  required: readonly Part[],
): readonly PartState[] {
  return PARTS.flatMap((part): PartState[] => {
    const found = findings.filter((finding) => finding.part === part);
    const told = found.map(
      ({ of, state, sentence }): PartState => ({
        part,
        of,
        state: stateOf(part, state, required),
        sentence,
      }),
    );
    const names = new Set(found.map(({ of }) => of));
    const fine = WELL[part](facts, around).filter(({ of }) =>
      of === undefined ? found.length === 0 : !names.has(of),
    );
    return [...told, ...fine.map((one): PartState => ({ part, state: 'ok', ...one }))];
  });
}

function stateOf(part: Part, found: Finding['state'], required: readonly Part[]): PartState['state'] {
  if (found === 'broken') return required.includes(part) ? 'failed' : 'degraded';
  return TOLD.has(part) ? 'degraded' : 'warn';
}

interface Fine {
  readonly of?: string;
  readonly sentence: string;
}

function storeWell({ lastAnswer, lastFailure = 0, inARow }: UpstreamFacts, now: number): string {
  const failed = `failed ${plural(inARow, 'time')} since, the last ${ago(lastFailure, now)} ago`;
  if (lastAnswer !== undefined)
    return `It answered ${ago(lastAnswer, now)} ago${inARow > 0 ? `, and ${failed}` : ''}.`;
  if (inARow === 0) return 'No request has gone there since the start.';
  return `It has not answered since the start, and ${failed.replace(' since', '')}.`;
}

/** What is said of a part with which nothing is wrong. */
const WELL: Readonly<Record<Part, (facts: Facts, around: Around) => readonly Fine[]>> = {
  config: (_, { loadedAt, now }) => [
    {
      sentence: `The config on the disk is in use since ${new Date(loadedAt).toISOString()} (${ago(loadedAt, now)}).`,
    },
  ],
  keys: (_, { keyStores, now }) =>
    keyStores.map(({ name, lastSuccess = now }) => ({
      of: name,
      sentence: `It gave all its keys ${ago(lastSuccess, now)} ago.`,
    })),
  workers: (_, { workers }) => (workers ? [{ sentence: `All ${workers.wanted} serve.` }] : []),
  stores: ({ upstreams }, { now }) =>
    upstreams.map((one) => ({ of: one.name, sentence: storeWell(one, now) })),
  credentials: ({ upstreams }, { now }) =>
    upstreams.map((one) => ({ of: one.name, sentence: credentialsWell(one, now) })),
  buckets: () => [{ sentence: 'No bucket is distrusted.' }],
  log: () => [{ sentence: 'It is written.' }],
  audit: ({ logs }) => (logs.some(({ name }) => name === 'audit') ? [{ sentence: 'It is written.' }] : []),
  certificates: (facts, { now, ...around }) =>
    certificatesIn(facts, around).map(({ of, to }) => ({ of, sentence: `It ends in ${inTime(to - now)}.` })),
  clients: ({ clients }, { now }) => [{ sentence: loginsWell(clients, now) }],
  limits: () => [{ sentence: 'None is reached.' }],
  requests: () => [{ sentence: 'Neither the proxy nor a store is slow.' }],
};
