import type { Part } from '../health-parts.ts';
import type { Around } from './around.ts';
import { certificateSaid, certificatesIn } from './certificates.ts';
import { frontsSaid, tlsSaid } from './client-connections.ts';
import type { Facts, LogFacts } from './facts.ts';
import { limitsSaid } from './limits.ts';
import { loginSaid } from './logins.ts';
import { sumOf } from './minutes.ts';
import { downSaid, isDown } from './store-down.ts';
import { awaySaid, credentialsSaid, doubtSaid } from './store-refusals.ts';
import { ago, plural } from './words.ts';

/** Something that is wrong: a sentence that names it, and one that says what to do. */
export interface Finding {
  readonly fault: Fault;
  readonly part: Part;
  /** Which of its kind: a key store, a store, a bucket, a listener, a client. */
  readonly of?: string | undefined;
  /** `broken`: it does not work. `warn`: it works, and somebody should look. */
  readonly state: 'broken' | 'warn';
  readonly sentence: string;
  readonly fix: string;
}

type Fault = (typeof ROWS)[number]['fault'];

/** Minutes that count as now. */
const RECENT = 5;
/** From so many failures on it is not a coincidence. */
const SOME = 3;

type Said = Pick<Finding, 'of' | 'state' | 'sentence' | 'fix'>;

interface Row<Name extends string> {
  readonly fault: Name;
  readonly part: Part;
  readonly look: (facts: Facts, around: Around) => readonly Said[];
}

/** Every fault that can be seen, the worst first: the first one that is found is the headline. */
const ROWS = [
  row('audit-refuses', 'audit', ({ logs }) =>
    logs
      .filter(({ name, refuses }) => name === 'audit' && refuses)
      .map((audit) => ({
        state: 'broken',
        sentence: `The audit log can't be written, and new requests are refused: ${whyUnwritten(audit)}.`,
        fix: AUDIT_FIX,
      })),
  ),
  row('keys-waiting', 'keys', (_, { waits }) =>
    waits.map(({ id, cause }) => ({
      state: 'broken',
      sentence: `Key ${id} is not available, and requests that need it are refused: ${cause}.`,
      fix: `Bring the source of keys.${id} back. The proxy asks again by itself; a reload (SIGHUP) asks at once.`,
    })),
  ),
  row('store-down', 'stores', ({ upstreams }, { now }) =>
    upstreams
      .filter((one) => isDown(one))
      .map((one) => ({ state: 'broken', ...downSaid(one, upstreams, now) })),
  ),
  row('credentials-refused', 'credentials', ({ upstreams }, { now }) =>
    upstreams.flatMap((one) => credentialsSaid(one, now)),
  ),
  row('store-refuses', 'stores', ({ upstreams }, { now }) => upstreams.flatMap((one) => awaySaid(one, now))),
  row('distrust', 'buckets', ({ distrusted }) =>
    distrusted.map(({ bucket, doubted, operations }) => ({
      of: bucket,
      state: 'broken',
      sentence: `The store did not prove the encryption of what was written to bucket ${bucket} (${operations.join(', ')}), so ${doubted ? 'encrypted writes there are refused' : 'these writes are refused, and tried again by and by'}.`,
      fix: 'Check that the store supports SSE-C and that its provider is named right, with "ssec-proxy doctor". What was written last may be stored in plain: "ssec-proxy verify" finds it.',
    })),
  ),
  row('audit-unwritten', 'audit', ({ logs }) =>
    logs
      .filter(({ name, causes, refuses }) => name === 'audit' && causes.length > 0 && !refuses)
      .map((audit) => ({
        state: 'broken',
        sentence: `The audit log can't be written as it should: ${whyUnwritten(audit)}.`,
        fix: AUDIT_FIX,
      })),
  ),
  row('log-unwritten', 'log', ({ logs }) =>
    logs
      .filter(({ name, causes }) => name === 'log' && causes.length > 0)
      .map((log) => ({
        state: 'broken',
        sentence: `The log can't be written, and lines are dropped: ${whyUnwritten(log)}.`,
        fix: 'Make room on the disk, or see to what reads standard output.',
      })),
  ),
  row('config-refused', 'config', (_, { reloads, now }) => {
    const last = reloads.at(-1);
    if (last?.result !== 'failure') return [];
    return [
      {
        state: 'broken',
        sentence: `The config on the disk was refused ${ago(last.at, now)} ago, and the one before stays in use${last.cause === undefined ? '' : `: ${last.cause}`}.`,
        fix: 'Correct it, and look with "ssec-proxy check". It is loaded by itself, or by SIGHUP.',
      },
    ];
  }),
  row('key-store-down', 'keys', (_, { keyStores }) =>
    keyStores.flatMap(({ name, trouble }) =>
      trouble === undefined
        ? []
        : [
            {
              of: name,
              state: 'warn' as const,
              sentence: `The key store ${name} does not give all keys: ${trouble}. Keys that were loaded before stay in use until a restart.`,
              fix: `Bring ${name} back before the proxy is started again.`,
            },
          ],
    ),
  ),
  row('workers-missing', 'workers', (_, { workers }) =>
    workers && workers.serving < workers.wanted
      ? [
          {
            state: workers.serving === 0 ? 'broken' : 'warn',
            sentence: `Only ${workers.serving} of ${workers.wanted} workers serve: ${workers.missing}.`,
            fix: 'They are started again by themselves. If this goes on, the log says why they end.',
          },
        ]
      : [],
  ),
  row('credentials-doubted', 'credentials', ({ upstreams }, { now }) =>
    upstreams.flatMap((one) => doubtSaid(one, now)),
  ),
  row('certificate-ends', 'certificates', (facts, around) =>
    certificatesIn(facts, around).flatMap((one) => certificateSaid(one, around.now) ?? []),
  ),
  row('client-secret', 'clients', ({ clients }, { now }) =>
    clients.flatMap((client) => loginSaid(client, now) ?? []),
  ),
  row('client-tls', 'clients', ({ tlsFailures }, { now }) => tlsSaid(tlsFailures, now)),
  row('client-front', 'clients', ({ fronts }, { now }) => frontsSaid(fronts, now)),
  row('limits-reached', 'limits', (facts, { now }) => limitsSaid(facts, now)),
  row('proxy-slow', 'requests', ({ minutes }, { now }) => {
    const { busy, requests, ms, storeMs } = sumOf(minutes, RECENT, now);
    if (requests === 0 || busy < BUSY) return [];
    return [
      {
        state: 'warn',
        sentence: `The proxy itself is slow: it works ${Math.round(busy * 100)} % of the time. Of ${inMs(ms / requests)} a request, the store takes ${inMs(storeMs / requests)}.`,
        fix: 'Give it more processors with the option workers, or another replica.',
      },
    ];
  }),
  row('store-slow', 'requests', ({ minutes }, { now }) => {
    const { busy, asked, storeMs } = sumOf(minutes, RECENT, now);
    if (asked === 0 || storeMs / asked < SLOW_MS || busy >= BUSY) return [];
    return [
      {
        state: 'warn',
        sentence: `The store is slow: it takes ${inMs(storeMs / asked)} on average until it answers. The proxy works ${Math.round(busy * 100)} % of the time, so it is not the proxy.`,
        fix: 'Look at the store and at the network to it.',
      },
    ];
  }),
  row('requests-fail', 'requests', ({ minutes }, { now }) => {
    const { requests, failed, cut } = sumOf(minutes, RECENT, now);
    if (failed + cut < SOME || (failed + cut) / requests < TOO_MANY) return [];
    return [
      {
        state: 'warn',
        sentence: `${failed + cut} of ${plural(requests, 'request')} failed in the last ${RECENT} minutes.`,
        fix: 'The last failures, below and in the log, say why.',
      },
    ];
  }),
] as const;

/** Of all requests. */
const TOO_MANY = 0.05;
/** Of the time: from there on requests wait for the processor. */
const BUSY = 0.9;
/** Until the head of an answer, on average. */
const SLOW_MS = 1000;

/** All that is wrong, the worst first. */
export function findingsOf(facts: Facts, around: Around): readonly Finding[] {
  const found = ROWS.flatMap(({ fault, part, look }) =>
    look(facts, around).map((said): Finding => ({ fault, part, ...said })),
  );
  // In their order otherwise: `toSorted` keeps it.
  return found.toSorted((one, other) => Number(other.state === 'broken') - Number(one.state === 'broken'));
}

function row<Name extends string>(fault: Name, part: Part, look: Row<Name>['look']): Row<Name> {
  return { fault, part, look };
}

const AUDIT_FIX =
  'Make room on the disk of audit.to, or see to what reads it. What waits is written then by itself.';

function whyUnwritten({ causes, lost }: LogFacts): string {
  return `${causes.join('; ')}${lost > 0 ? ` (${plural(lost, 'line')} dropped)` : ''}`;
}

function inMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
