import t from 'tap';
import type { Around } from '../../src/status/around.ts';
import type { Facts, RefusalFacts, RefusalsFacts } from '../../src/status/facts.ts';
import { type Finding, findingsOf } from '../../src/status/findings.ts';
import { Teller } from '../../src/status/teller.ts';
import { AROUND, FACTS, minutesOf } from '../real/page/example.ts';

const { now } = AROUND;
const [FIRST, SECOND] = FACTS.upstreams;
if (!FIRST || !SECOND) throw new Error('the example has two stores');

interface Row {
  readonly facts?: Partial<Facts>;
  readonly around?: Partial<Around>;
  readonly fault: string;
  readonly sentence: RegExp;
  readonly fix?: RegExp;
}

function refused(one: Pick<RefusalFacts, 'kind' | 'client' | 'bucket' | 'cause'>): RefusalsFacts {
  const refusal = { ...one, since: now - 90_000, at: now - 60_000, times: 4 };
  return { refused: [refusal], served: [], denials: { times: 0, last: 0 } };
}

const SENTENCE = /^[A-Z].{10}.*\.$/;

/** What is wrong alone, and the sentence for it. Those that a running proxy shows are in test/real/page/faults.test.ts too. */
const ROWS: Readonly<Record<string, Row>> = {
  'a store hangs': {
    facts: { upstreams: [{ ...FIRST, inARow: 1, kind: 'silent', cause: 'the client gave up first' }] },
    fault: 'store-down',
    sentence:
      /^The store upstream takes requests and does not answer \(1 time in a row: the client gave up first\)\./,
  },
  'one of two stores is down': {
    facts: { upstreams: [FIRST, { ...SECOND, inARow: 3, kind: 'unreachable', cause: 'ECONNREFUSED' }] },
    fault: 'store-down',
    sentence:
      /^The store upstreams\.archive can't be reached .*It answered last 1 hour ago\. The other store answers\.$/,
  },
  'the authority of the certificate of a store is not known': {
    facts: {
      upstreams: [
        {
          ...FIRST,
          inARow: 3,
          kind: 'unreachable',
          cause: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE unable to verify',
        },
      ],
    },
    fault: 'store-down',
    sentence: /^The store upstream can't be reached/,
    fix: /^Put the certificate of the authority .* into upstream\.ca/,
  },
  'the certificate of a store has another name': {
    facts: {
      upstreams: [
        { ...FIRST, inARow: 3, kind: 'unreachable', cause: 'busy: ERR_TLS_CERT_ALTNAME_INVALID Hostname' },
      ],
    },
    fault: 'store-down',
    sentence: /^The store upstream can't be reached/,
    fix: /^Use a name in upstream\.endpoint/,
  },
  'a store refuses the proxy': {
    facts: {
      upstreams: [
        {
          ...FIRST,
          refusals: refused({
            kind: 'credentials',
            cause:
              'the store answered the proxy with SignatureDoesNotMatch; check the secret in upstream.credentials',
          }),
        },
      ],
    },
    fault: 'credentials-refused',
    sentence:
      /^The store upstream refuses the credentials of the proxy with SignatureDoesNotMatch \(4 times, /,
  },
  'a store refuses the own pair of a client, and serves the others': {
    facts: {
      upstreams: [
        {
          ...FIRST,
          refusals: refused({
            kind: 'credentials',
            client: 'AKIDOWN',
            cause:
              'the store answered the proxy with InvalidAccessKeyId; check the credentials of client AKIDOWN (its option upstream)',
          }),
        },
      ],
    },
    fault: 'credentials-refused',
    sentence:
      /^The store upstream refuses the credentials that client AKIDOWN has of its own with InvalidAccessKeyId \(4 times, /,
  },
  'a store answers HEAD with 403 and nothing else': {
    facts: {
      upstreams: [
        { ...FIRST, refusals: { refused: [], served: [], denials: { times: 5, last: now - 1000 } } },
      ],
    },
    fault: 'credentials-doubted',
    sentence:
      /^The store upstream answers HEAD with 403 \(5 times since it served anything, .*does not say which\.$/,
  },
  'the clock of this host is wrong, and HEAD is refused too': {
    facts: {
      upstreams: [
        {
          ...FIRST,
          refusals: {
            ...refused({
              kind: 'clock',
              cause: "the store answered the proxy with RequestTimeTooSkewed; set this host's clock",
            }),
            denials: { times: 5, last: now - 1000 },
          },
        },
      ],
    },
    fault: 'credentials-refused',
    sentence: /^The store upstream refuses the credentials of the proxy with RequestTimeTooSkewed/,
    fix: /^Set this host's clock\.$/,
  },
  'a store redirects': {
    facts: {
      upstreams: [
        {
          ...FIRST,
          refusals: refused({
            kind: 'address',
            bucket: 'backups',
            cause:
              'the store redirected with 302; check upstream.endpoint and upstream.region for this bucket',
          }),
        },
      ],
    },
    fault: 'store-refuses',
    sentence:
      /^The store upstream does not serve bucket backups \(4 times, the last 1 minute ago\): the store redirected with 302\.$/,
  },
  'a key is missing': {
    around: { waits: [{ id: 'main', cause: 'the vault does not answer' }] },
    fault: 'keys-waiting',
    sentence: /^Key main is not available, .*: the vault does not answer\.$/,
  },
  'a key store is away, and its keys are held': {
    around: { keyStores: [{ name: 'vault:main', trouble: 'no answer' }] },
    fault: 'key-store-down',
    sentence: /^The key store vault:main does not give all keys: no answer\./,
  },
  'a bucket is distrusted': {
    facts: { distrusted: [{ bucket: 'backups', doubted: true, operations: ['PutObject'] }] },
    fault: 'distrust',
    sentence: /bucket backups \(PutObject\), so encrypted writes there are refused/,
  },
  'the disk of the log is full': {
    facts: { logs: [{ name: 'log', causes: ['ENOSPC: no space left on device'], lost: 3, refuses: false }] },
    fault: 'log-unwritten',
    sentence: /^The log can't be written, and lines are dropped: ENOSPC: .* \(3 lines dropped\)\.$/,
  },
  'the disk of the audit log is full, and requests are served': {
    facts: { logs: [{ name: 'audit', causes: ['ENOSPC', 'EIO'], lost: 1, refuses: false }] },
    fault: 'audit-unwritten',
    sentence: /^The audit log can't be written as it should: ENOSPC; EIO \(1 line dropped\)\.$/,
  },
  'the disk of the audit log is full, and requests are refused': {
    facts: { logs: [{ name: 'audit', causes: ['ENOSPC'], lost: 0, refuses: true }] },
    fault: 'audit-refuses',
    sentence: /^The audit log can't be written, and new requests are refused: ENOSPC\.$/,
  },
  'the config on the disk is broken': {
    around: { reloads: [{ at: now - 120_000, result: 'failure', cause: 'config.yaml:3:1: not a field' }] },
    fault: 'config-refused',
    sentence: /^The config on the disk was refused 2 minutes ago, .*: config\.yaml:3:1: not a field\.$/,
  },
  'a certificate ends': {
    around: {
      certificates: [
        { of: 'listen[0]', shownBy: 'proxy', names: 'DNS:a', from: now - 1e10, to: now + 5 * 3_600_000 },
      ],
    },
    fault: 'certificate-ends',
    sentence: /^The certificate of listen\[0\] \(DNS:a\) ends in 5 hours\.$/,
  },
  'a certificate has ended': {
    around: {
      certificates: [{ of: 'listen[0]', shownBy: 'proxy', names: 'DNS:a', from: now - 1e10, to: now - 1 }],
    },
    fault: 'certificate-ends',
    sentence: /has expired, and clients refuse it\.$/,
  },
  'a further certificate of a listener has ended': {
    around: {
      certificates: [
        ...AROUND.certificates,
        {
          of: 'listen[0].tls.certificates[0]',
          shownBy: 'proxy',
          names: 'DNS:b',
          from: now - 1e10,
          to: now - 1,
        },
      ],
    },
    fault: 'certificate-ends',
    sentence: /^The certificate of listen\[0\]\.tls\.certificates\[0\] \(DNS:b\) has expired/,
  },
  'a certificate is not valid yet': {
    around: {
      certificates: [
        { of: 'listen[0]', shownBy: 'proxy', names: 'DNS:a', from: now + 3_600_000, to: now + 1e10 },
      ],
    },
    fault: 'certificate-ends',
    sentence: /^The certificate of listen\[0\] \(DNS:a\) is not valid yet, .*: it begins in 1 hour\.$/,
  },
  'a certificate for one day ends within the week of the alert': {
    around: {
      certificates: [
        {
          of: 'listen[0]',
          shownBy: 'proxy',
          names: 'DNS:a',
          from: now - 3_600_000,
          to: now + 23 * 3_600_000,
        },
      ],
    },
    fault: 'certificate-ends',
    sentence: /ends in 23 hours\.$/,
  },
  'the certificate of a store ends': {
    facts: { upstreams: [FIRST, { ...SECOND, certificateEnds: now + 24 * 3_600_000 }] },
    fault: 'certificate-ends',
    sentence: /^The certificate of the store upstreams\.archive ends in 1 day\.$/,
  },
  'the certificate of a store has ended': {
    facts: { upstreams: [{ ...FIRST, certificateEnds: now - 1 }] },
    fault: 'certificate-ends',
    sentence: /^The certificate of the store upstream has expired, and the proxy opens no new connections/,
  },
  'a client has another secret': {
    facts: {
      clients: [
        {
          name: 'AKID',
          requests: 9,
          lastRequest: now - 7_200_000,
          refused: 5,
          refusedSince: now - 60_000,
          lastRefused: now - 1000,
          code: 'SignatureDoesNotMatch',
        },
      ],
    },
    fault: 'client-secret',
    sentence:
      /^Client AKID can't log in: its signatures do not fit its secret \(5 requests, .* It came in last 2 hours ago\.$/,
  },
  'a load balancer is not trusted': {
    facts: { fronts: [{ reason: 'untrusted', times: 200, last: now - 1000, remote: '127.0.0.1' }] },
    fault: 'client-front',
    sentence: /not in trusted of their listener: 200 connections, the last .* ago from 127\.0\.0\.1\.$/,
  },
  'what speaks no PROXY protocol comes': {
    facts: { fronts: [{ reason: 'malformed', times: 1, last: now - 1000, remote: '127.0.0.1' }] },
    fault: 'client-front',
    sentence: /do not begin with a header of the PROXY protocol: 1 connection, /,
  },
  'one of the hosts of a client has another secret': {
    facts: {
      clients: [
        {
          name: 'AKID',
          requests: 9,
          lastRequest: now - 500,
          refused: 5,
          refusedSince: now - 60_000,
          lastRefused: now - 1000,
          code: 'SignatureDoesNotMatch',
        },
      ],
    },
    fault: 'client-secret',
    sentence:
      /^Requests of client AKID fail to log in: .* \(5 requests, the last 1 second ago\)\. Others of it came in, /,
  },
  'a client does not trust the certificate': {
    facts: { tlsFailures: [{ reason: 'untrusted', times: 2, last: now - 1000, remote: '192.0.2.7' }] },
    fault: 'client-tls',
    sentence: /^Clients do not trust the certificate of the proxy: 2 connections, .* from 192\.0\.2\.7\.$/,
  },
  'a client leaves as soon as it has seen the certificate': {
    facts: { tlsFailures: [{ reason: 'left', times: 2, last: now - 1000, remote: '192.0.2.7' }] },
    fault: 'client-tls',
    sentence:
      /^Clients leave without a word when they have seen the certificate of the proxy, .* from 192\.0\.2\.7\.$/,
  },
  'a limit is reached': {
    facts: { limits: [{ name: 'copies', used: 4, most: 4, hits: 7, lastHit: now - 1000 }] },
    fault: 'limits-reached',
    sentence:
      /^The limit limits\.copies \(4\) is reached, and clients are refused \(7 times since the start\)\.$/,
  },
  'more connections are refused than are told so': {
    facts: { limits: [{ name: 'refusals', used: 8, most: 8, hits: 7, lastHit: now - 1000 }] },
    fault: 'limits-reached',
    sentence: /^The limit limits\.refusals \(8\) is reached/,
    fix: /^Raise limits\.connections, of which these are an eighth at most,/,
  },
  'all connections to a store are in use': {
    facts: { upstreams: [{ ...FIRST, waiting: 300, open: 512, mostWaiting: 512 }] },
    fault: 'limits-reached',
    sentence: /^All 512 connections to the store upstream are in use, and 300 requests wait for one\.$/,
  },
  'requests got no connection to a store': {
    facts: {
      upstreams: [{ ...FIRST, limited: { times: 4, last: now - 3000, cause: 'all were in use' } }],
    },
    fault: 'limits-reached',
    sentence:
      /^The limits of the store upstream \(512 connections, 512 waiting\) are reached, .* \(4 times since the start, the last 3 seconds ago: all were in use\)\.$/,
  },
  'the store is slow': {
    facts: {
      minutes: minutesOf(() => ({ requests: 10, ms: 41_000, asked: 10, storeMs: 40_000, busy: 0.05 })),
    },
    fault: 'store-slow',
    sentence:
      /^The store is slow: it takes 4\.0 s on average until it answers\. The proxy works 5 % of the time/,
  },
  'the proxy is slow': {
    facts: { minutes: minutesOf(() => ({ requests: 10, ms: 41_000, asked: 10, storeMs: 1000, busy: 0.97 })) },
    fault: 'proxy-slow',
    sentence:
      /^The proxy itself is slow: it works 97 % of the time\. Of 4\.1 s a request, the store takes 100 ms\.$/,
  },
  'workers are missing': {
    around: { workers: { wanted: 4, serving: 3, missing: 'worker 2: it was killed' } },
    fault: 'workers-missing',
    sentence: /^Only 3 of 4 workers serve: worker 2: it was killed\.$/,
  },
  'requests fail for reasons that nobody knows': {
    facts: { minutes: minutesOf(() => ({ requests: 10, failed: 2, asked: 10, storeMs: 10 })) },
    fault: 'requests-fail',
    sentence: /^10 of 50 requests failed in the last 5 minutes\.$/,
  },
};

t.test('each fault has its sentence and its remedy, and no other is found with it', async (t) => {
  t.strictSame(findingsOf(FACTS, AROUND), [], 'nothing is found where nothing is wrong');
  for (const [name, { facts, around, fault, sentence, fix = SENTENCE }] of Object.entries(ROWS)) {
    const found = findingsOf({ ...FACTS, ...facts }, { ...AROUND, ...around });
    t.strictSame(
      found.map((one) => one.fault as string),
      [fault],
      name,
    );
    t.match(found[0]?.sentence, sentence, name);
    t.match(found[0]?.fix, SENTENCE, name);
    t.match(found[0]?.fix, fix, name);
  }
});

t.test('what is broken comes before what somebody should look at', async (t) => {
  const all = findingsOf(
    {
      ...FACTS,
      ...ROWS['one of two stores is down']?.facts,
      ...ROWS['a client has another secret']?.facts,
      ...ROWS['the disk of the log is full']?.facts,
    },
    { ...AROUND, ...ROWS['a certificate ends']?.around },
  );
  const states = all.map(({ state }: Finding) => state);
  t.strictSame(states, ['broken', 'broken', 'warn', 'warn']);
  t.equal(all[0]?.fault, 'store-down');
});

t.test('of a store that was not asked yet, nothing is said', async (t) => {
  const down = { ...FIRST, inARow: 9, kind: 'unreachable', cause: 'ECONNREFUSED' } as const;
  const unknown = { ...SECOND, lastAnswer: undefined };
  const said = (...upstreams: Facts['upstreams']): string | undefined =>
    findingsOf({ ...FACTS, upstreams }, AROUND)[0]?.sentence;
  t.match(said(down, { ...down, name: 'upstreams.b' }, unknown), / ago\.$/);
  t.match(said(down, SECOND, unknown), / Of the other 2 stores, 1 answers\.$/);
  t.match(said(down, SECOND, { ...SECOND, name: 'upstreams.b' }), / The other 2 stores answer\.$/);
  t.match(said(down), /\(9 times in a row: ECONNREFUSED\)/, 'not all of them were requests');
});

t.test('the first failures of a store are told, before it counts as down', async (t) => {
  const failed = { ...FIRST, lastFailure: now - 1000, inARow: 2, kind: 'unreachable' } as const;
  const facts = { ...FACTS, upstreams: [failed, { ...failed, name: 'new', lastAnswer: undefined }] };
  const told = { facts: () => [facts], around: () => AROUND, required: () => [] };
  const lines = (await new Teller(told).parts()).join('\n');
  t.match(
    lines,
    /^ok stores upstream: It answered .* ago, and failed 2 times since, the last 1 second ago\.$/m,
  );
  t.match(
    lines,
    /^ok stores new: It has not answered since the start, and failed 2 times, the last 1 second ago\.$/m,
  );
});

t.test('a key that is not available is among the keys', async (t) => {
  const around = { ...AROUND, waits: [{ id: 'gone', cause: 'the vault does not answer' }] };
  const told = { facts: () => [FACTS], around: () => around, required: () => [] };
  const { keys } = await new Teller(told).document();
  t.match(keys.at(-1), { id: 'gone', uses: 0, unavailable: 'the vault does not answer' });
  t.equal(keys[0]?.unavailable, undefined);
});

t.test('the limit that was reached last comes first', async (t) => {
  const [waiting] = findingsOf(
    {
      ...FACTS,
      limits: [{ name: 'copies', used: 4, most: 4, hits: 7, lastHit: now - 60_000 }],
      upstreams: [{ ...FIRST, limited: { times: 4, last: now - 3000, cause: 'all were in use' } }],
    },
    AROUND,
  );
  t.match(waiting?.sentence, /^The limits of the store upstream/);
});

t.test('a few failed logins are not a finding, and are not passed over', async (t) => {
  const seen = { name: 'AKID', requests: 9, lastRequest: now - 500 };
  const failed = { refusedSince: now - 60_000, lastRefused: now - 1000, code: 'SignatureDoesNotMatch' };
  const facts = { ...FACTS, clients: [{ ...seen, ...failed, refused: 2 }] };
  t.strictSame(findingsOf(facts, AROUND), []);
  const told = { facts: () => [facts], around: () => AROUND, required: () => [] };
  t.match(
    (await new Teller(told).parts()).join('\n'),
    /^ok clients: 1 client; 2 requests failed to log in, too few to say why\.$/m,
  );
  const over = { ...failed, refused: 9, lastRefused: now - 11 * 60_000 };
  t.strictSame(findingsOf({ ...FACTS, clients: [{ ...seen, ...over }] }, AROUND), [], 'it comes in again');
});

t.test('what is over is not found', async (t) => {
  const longAgo = now - 2 * 3_600_000;
  const past = {
    clients: [{ name: 'AKID', requests: 9, refused: 5, lastRefused: longAgo, code: 'SignatureDoesNotMatch' }],
    tlsFailures: [
      { reason: 'untrusted', times: 2, last: longAgo },
      { reason: 'reset', times: 99, last: now },
    ],
    limits: [{ name: 'copies', used: 0, most: 4, hits: 7, lastHit: longAgo }],
    minutes: minutesOf((index) => (index < 300 ? { requests: 10, failed: 10, asked: 10, storeMs: 1e6 } : {})),
  };
  t.strictSame(findingsOf({ ...FACTS, ...past }, AROUND), []);
});

t.test('a store that is down makes the proxy not ready only if the config says so', async (t) => {
  const facts = { ...FACTS, ...ROWS['one of two stores is down']?.facts };
  const teller = (required: readonly ('keys' | 'stores')[]): Teller =>
    new Teller({ facts: () => [facts], around: () => AROUND, required: () => required });
  const lines = await teller(['keys']).parts();
  t.match(
    lines.find((line) => line.includes('archive')),
    /^degraded stores upstreams\.archive: The store upstreams\.archive can't/,
  );
  t.match(
    lines.find((line) => line.includes('stores upstream:')),
    /^ok stores upstream: It answered/,
  );
  for (const part of [
    'config',
    'keys',
    'stores',
    'credentials',
    'buckets',
    'log',
    'certificates',
    'clients',
    'limits',
    'requests',
  ])
    t.ok(
      lines.some((line) => line.includes(` ${part}`)),
      part,
    );
  t.match(await teller(['keys']).troubles({}), {
    degraded: /^The store upstreams\.archive can't be reached/,
  });
  t.match(await teller(['stores']).troubles({}), {
    notReady: /^The store upstreams\.archive can't be reached/,
  });
  t.match((await teller(['stores']).parts()).join('\n'), /^failed stores upstreams\.archive:/m);
  t.match(await teller(['stores']).troubles({ notReady: 'draining' }), { notReady: 'draining' });
  t.match(await teller(['keys']).document(), {
    state: 'degraded',
    version: 1,
    findings: [{ fault: 'store-down' }],
  });
  t.match(await teller(['stores']).document(), { state: 'failed' });
});

t.test('a part is degraded when /readyz says so, and else somebody should look at most', async (t) => {
  for (const [name, { facts, around, fault }] of Object.entries(ROWS)) {
    const teller = new Teller({
      facts: () => [{ ...FACTS, ...facts }],
      around: () => ({ ...AROUND, ...around }),
      required: () => [],
    });
    const [line = ''] = (await teller.parts()).filter((one) => !one.startsWith('ok '));
    // The processes tell of these themselves, before anything is judged.
    const own = ['keys', 'workers', 'log', 'audit'].some((part) => line.split(/[ :]/)[1] === part);
    const { degraded } = await teller.troubles(own ? { degraded: 'told' } : {});
    t.equal(line.startsWith('degraded '), degraded !== undefined, `${name}: ${line}`);
    t.match(await teller.document(), {
      state: degraded === undefined ? 'warn' : 'degraded',
      findings: [{ fault }],
    });
  }
});
