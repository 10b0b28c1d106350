import type { Part } from '../health-parts.ts';
import type { Around } from './around.ts';
import { certificateSaid, certificatesIn } from './certificates.ts';
import type { Facts, LogFacts, UpstreamFacts } from './facts.ts';
import { limitsSaid } from './limits.ts';
import { loginSaid } from './logins.ts';
import { sumOf } from './minutes.ts';
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
const HOUR_MS = 3_600_000;
/** From so many failures in a row on it is not a coincidence. */
const IN_A_ROW = 3;

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
  row('client-tls', 'clients', ({ tlsFailures }, { now }) =>
    tlsFailures.flatMap(({ reason, times, last, remote = 'unknown' }) => {
      const said = TLS[reason];
      if (!said || now - last > HOUR_MS) return [];
      return [
        {
          state: 'warn' as const,
          sentence: `${said[0]}: ${plural(times, 'connection')}, the last ${ago(last, now)} ago from ${remote}.`,
          fix: said[1],
        },
      ];
    }),
  ),
  row('client-front', 'clients', ({ fronts }, { now }) =>
    fronts.flatMap(({ reason, times, last, remote = 'unknown' }) => {
      const said = FRONTS[reason];
      if (!said || now - last > HOUR_MS) return [];
      return [
        {
          state: 'warn' as const,
          sentence: `${said[0]}: ${plural(times, 'connection')}, the last ${ago(last, now)} ago from ${remote}.`,
          fix: said[1],
        },
      ];
    }),
  ),
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
    if (failed + cut < IN_A_ROW || (failed + cut) / requests < TOO_MANY) return [];
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

export function isDown({ outage, inARow, kind }: UpstreamFacts): boolean {
  if (outage) return true;
  // A client that gives up has waited long for it: a single one is a reason to look.
  return inARow >= (kind === 'silent' ? 1 : IN_A_ROW);
}

function downSaid(one: UpstreamFacts, all: readonly UpstreamFacts[], now: number): Omit<Said, 'state'> {
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

/** What a listener with `proxyProtocol` closes. One that breaks off in its header is a scanner. */
const FRONTS: Readonly<Record<string, readonly [sentence: string, fix: string]>> = {
  untrusted: [
    'Connections are closed, since they come from an address that is not in trusted of their listener',
    'Add the address if it is that of a load balancer, and have clients ask the load balancer.',
  ],
  malformed: [
    'Connections are closed, since they do not begin with a header of the PROXY protocol',
    'Switch the PROXY protocol on at the load balancer, or proxyProtocol off at the listener.',
  ],
};

/** What somebody has to do something about. The other reasons are what scanners leave behind. */
const TLS: Readonly<Record<string, readonly [sentence: string, fix: string]>> = {
  untrusted: [
    'Clients do not trust the certificate of the proxy',
    'Give the client the authority of the certificate, as with AWS_CA_BUNDLE or --ca-bundle, or use a certificate that has the name in its endpoint.',
  ],
  left: [
    'Clients leave without a word when they have seen the certificate of the proxy, as those do that do not trust it',
    'Give the client the authority of the certificate, as with NODE_EXTRA_CA_CERTS. If it is a health check, have it send a request.',
  ],
  expired: ['Clients say that the certificate of the proxy has expired', 'Renew it, and compare the clocks.'],
  'plain-http': [
    'Clients speak plain HTTP to a port with TLS',
    'Write https:// in the endpoint of the client.',
  ],
  'old-version': ['Clients offer only old versions of TLS', 'Use a client with TLS 1.2 or newer.'],
  'no-shared-cipher': [
    'Clients have no cipher for the certificate of the proxy',
    'Use another kind of certificate, or a newer client.',
  ],
  'client-certificate': [
    'Clients come without the certificate that tls.clientCa asks for',
    'Give the client a certificate of this authority.',
  ],
};

const AUDIT_FIX =
  'Make room on the disk of audit.to, or see to what reads it. What waits is written then by itself.';

function whyUnwritten({ causes, lost }: LogFacts): string {
  return `${causes.join('; ')}${lost > 0 ? ` (${plural(lost, 'line')} dropped)` : ''}`;
}

function inMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
