import t from 'tap';
import { UNAUDITED } from '../../src/audit-log.ts';
import { Load } from '../../src/listener/load.ts';
import { emptyFields, type RequestFields } from '../../src/log-line.ts';
import type { Facts } from '../../src/status/facts.ts';
import { MOST_FAILURES } from '../../src/status/failures.ts';
import { gather } from '../../src/status/gather.ts';
import { Observer } from '../../src/status/observer.ts';
import { whatToDo } from '../../src/status/what-to-do.ts';
import { snapshotOf, testClient, testCredentials, testSsecKey } from '../support/snapshot.ts';

const [NEW, OLD] = [testSsecKey('new'), testSsecKey('old')];
const SSEC_KEYS = [NEW, OLD].map((ssecKey) => ({ ssecKey, pinned: true }));
const RULES = snapshotOf({
  rules: [
    { bucket: 'sealed', encrypt: [NEW, OLD], plainReads: 'allow' },
    { bucket: 'open', encrypt: 'off' },
  ],
  clients: [
    { ...testClient('AKIDONE', testCredentials('store')), signers: new Map() },
    testClient('AKIDOWN', testCredentials('own')),
  ],
});
const SNAPSHOT = { ...RULES, ssecKeys: SSEC_KEYS };

function observing() {
  let now = Date.UTC(2026, 0, 1);
  const load = new Load();
  const observer = new Observer({ load, upstreams: () => [POOL], doubts: () => [], now: () => now });
  observer.use(SNAPSHOT);
  const request = (fields: Partial<RequestFields>): void => {
    now += 1000;
    observer.request({ ...emptyFields(), id: 'F', upstream: 'upstream', outcome: 'served', ...fields });
  };
  return { observer, load, request, facts: () => observer.facts() };
}

const POOL = { upstream: 'upstream', open: 1, idle: 1, waiting: 0, most: 8, mostWaiting: 8, outage: false };
const SERVED = { status: 200, upstreamStatus: 200, attempts: 1 };

const REFUSED = {
  status: 503,
  upstreamStatus: 403,
  outcome: 'failed',
  code: 'ServiceUnavailable',
  storeRefusal: 'credentials',
  cause: 'the store answered the proxy with InvalidAccessKeyId; check upstream.credentials',
} as const;

t.test('says of each rule how what it matches was written and read', async (t) => {
  const { request, facts } = observing();
  const sealed = { ...SERVED, rule: 'rules[0]' };
  request({ ...sealed, op: 'PutObject', ssecKeyId: 'new' });
  request({ ...sealed, op: 'GetObject', ssecKeyId: 'new' });
  request({ ...sealed, op: 'GetObject', ssecKeyId: 'new' });
  request({ ...sealed, op: 'HeadObject', ssecKeyId: 'old' });
  request({ ...sealed, op: 'GetObject', plain: true });
  request({ ...sealed, op: 'GetObject' });
  request({ ...sealed, op: 'DeleteObject' });
  request({ ...sealed, op: 'PutObject', ssecKeyId: 'new', status: 503, outcome: 'failed' });
  request({ ...SERVED, rule: 'rules[1]', op: 'PutObject' });
  request({ ...SERVED, rule: 'rules[1]', op: 'GetObject' });
  request({ ...SERVED, rule: 'rules[9]', op: 'GetObject' });
  const { rules, keys } = facts();
  t.match(rules, [
    {
      name: 'rules[0]',
      hits: 8,
      writtenEncrypted: 1,
      writtenPlain: 0,
      readFirstKey: 2,
      readOlderKey: 1,
      readPlain: 1,
      ownKey: 1,
    },
    { name: 'rules[1]', hits: 2, writtenPlain: 1, readPlain: 1, writtenEncrypted: 0 },
  ]);
  t.equal(rules.length, 2, 'a rule that the config does not have is none');
  t.match(keys, [
    { id: 'new', uses: 3 },
    { id: 'old', uses: 1 },
  ]);
  t.notMatch(JSON.stringify(facts()), NEW.fingerprint);
});

t.test('a reload keeps the counts of what is still there', async (t) => {
  const { observer, request, facts } = observing();
  request({ ...SERVED, rule: 'rules[0]', op: 'GetObject', ssecKeyId: 'new', client: 'AKIDONE' });
  const other = snapshotOf({
    rules: [
      { bucket: 'sealed', encrypt: [NEW] },
      { bucket: 'other', encrypt: 'off' },
    ],
  });
  observer.use({ ...other, ssecKeys: SSEC_KEYS.slice(0, 1) });
  const { rules, keys, clients } = facts();
  t.match(rules, [
    { bucket: 'sealed', hits: 1 },
    { bucket: 'other', hits: 0 },
  ]);
  t.match(keys, [{ id: 'new', uses: 1 }]);
  t.strictSame(clients, [], 'a client that is gone is forgotten');
});

t.test('knows how a store is by the last news of it', async (t) => {
  const { observer, request, facts } = observing();
  const store = (): Facts['upstreams'][number] | undefined => facts().upstreams[0];
  t.match(store(), { answers: 0, failures: 0, open: 1 });
  request(SERVED);
  request({ ...SERVED, status: 404, upstreamStatus: 404, outcome: 'refused' });
  t.match(store(), { answers: 2, inARow: 0 }, 'no is an answer');
  observer.fault('upstream', 'unreachable', 'ECONNREFUSED');
  t.match(store(), { inARow: 1, kind: 'unreachable', cause: 'ECONNREFUSED' });
  observer.fault('upstream', 'busy', 'too much');
  observer.fault('upstream', 'client-left', 'the client left');
  t.match(store(), { inARow: 1 }, 'these say nothing of the store');
  t.match(store(), { limited: { times: 1, cause: 'too much' } }, 'its limits were reached');
  request({ status: 499, outcome: 'left', storeMs: 5000 });
  t.match(store(), { inARow: 2, kind: 'silent' }, 'a client that has waited for it long');
  request({ status: 499, outcome: 'left', storeMs: 20 });
  request({ status: 499, outcome: 'left' });
  t.match(store(), { inARow: 2 }, 'not one that had no patience, or was slow itself');
  request({ status: 502, upstreamStatus: 502, outcome: 'failed' });
  t.match(store(), { inARow: 3, kind: 'errors' });
  request(SERVED);
  t.match(store(), { inARow: 0, failures: 3 });
  observer.look('upstream', 'no connection in time');
  t.match(store(), { inARow: 1 });
  observer.look('upstream', undefined);
  t.match(store(), { inARow: 0 });
  request({ status: 499, outcome: 'left', storeMs: 5000 });
  observer.look('upstream', undefined);
  t.match(store(), { inARow: 1 }, 'that it takes connections says nothing of its answers');
});

t.test('knows that the store refuses the proxy, until it serves again', async (t) => {
  const { request, facts } = observing();
  const refused = () => facts().upstreams[0]?.refusals.refused;
  request(REFUSED);
  request(REFUSED);
  t.match(refused(), [{ kind: 'credentials', client: undefined, times: 2, cause: REFUSED.cause }]);
  t.match(facts().upstreams[0], { inARow: 0 });
  request({ status: 403, upstreamStatus: 403, outcome: 'refused', code: 'AccessDenied' });
  t.match(refused(), [{ times: 2 }], 'a denial may be of somebody whom it does not know');
  request(SERVED);
  t.strictSame(refused(), []);
});

t.test('a pair of its own that a client has at the store is refused apart from the others', async (t) => {
  const { request, facts } = observing();
  const refused = () => facts().upstreams[0]?.refusals.refused;
  for (let tries = 0; tries < 2; tries += 1) {
    request({ ...REFUSED, client: 'AKIDOWN' });
    request({ ...SERVED, client: 'AKIDONE' });
  }
  t.match(refused(), [{ kind: 'credentials', client: 'AKIDOWN', times: 2 }]);
  request({ ...REFUSED, client: 'AKIDONE' });
  request({ ...SERVED, client: 'AKIDOWN' });
  t.match(refused(), [{ kind: 'credentials', client: undefined, times: 1 }], 'each pair has its own news');
});

t.test('a store that sends the proxy away does so for a bucket', async (t) => {
  const { request, facts } = observing();
  const away = { ...REFUSED, upstreamStatus: 302, storeRefusal: 'address', cause: 'it redirected' } as const;
  request({ ...away, bucket: 'one' });
  request({ ...away, bucket: 'one' });
  request({ ...SERVED, bucket: 'other' });
  const refused = () => facts().upstreams[0]?.refusals.refused;
  t.match(refused(), [{ kind: 'address', bucket: 'one', times: 2 }]);
  for (let bucket = 0; bucket < 1000; bucket += 1) request({ ...away, bucket: `bucket-${bucket}` });
  t.equal(refused()?.length, 20, 'clients may ask for any bucket');
  request({ ...SERVED, bucket: 'bucket-999' });
  t.equal(refused()?.length, 19);
});

t.test('counts the answers to HEAD that may refuse the credentials, until the store serves', async (t) => {
  const { request, facts } = observing();
  const denied = { method: 'HEAD', status: 403, upstreamStatus: 403, outcome: 'refused' } as const;
  request(denied);
  request(denied);
  t.match(facts().upstreams[0]?.refusals.denials, { times: 2 });
  request({ ...denied, method: 'GET', code: 'AccessDenied' });
  t.match(facts().upstreams[0]?.refusals.denials, { times: 2 }, 'the store says why');
  request(SERVED);
  t.match(facts().upstreams[0]?.refusals.denials, { times: 0 });
});

t.test('refusals of several processes are added up, and over when one of them is served', async (t) => {
  const [one, other] = [observing(), observing()];
  for (const { request } of [one, other, one, other]) request(REFUSED);
  const refused = () => gather([one.facts(), other.facts()]).upstreams[0]?.refusals.refused;
  t.match(refused(), [{ times: 4 }]);
  one.request(SERVED);
  t.strictSame(refused(), []);
  t.match(other.facts().upstreams[0]?.refusals.refused, [{ times: 2 }], 'this process does not know it yet');
});

t.test('knows which client of the config fails to log in; strangers add nothing', async (t) => {
  const { request, facts } = observing();
  const wrong = {
    status: 403,
    outcome: 'refused',
    code: 'SignatureDoesNotMatch',
    upstream: undefined,
  } as const;
  const claims = (claimed: string): Partial<RequestFields> => Object.assign({ ...wrong }, { claimed });
  request({ ...SERVED, client: 'AKIDONE' });
  request(claims('AKIDONE'));
  request(claims('AKIDONE'));
  for (let stranger = 0; stranger < 100; stranger += 1) request(claims(`STRANGER${stranger}`));
  t.match(facts().clients[0], { name: 'AKIDONE', requests: 1, refused: 2, code: 'SignatureDoesNotMatch' });
  t.equal(facts().clients.length, 2);
  request({ ...SERVED, client: 'AKIDONE' });
  t.match(facts().clients[0], { requests: 2, refused: 2 }, 'another host of it may have logged in');
  request(Object.assign(claims('AKIDONE'), { code: 'AccessDenied' }));
  request(Object.assign(claims('AKIDONE'), { code: 'ServiceUnavailable' }));
  t.match(facts().clients[0], { refused: 2 }, 'this is not about its secret');
});

t.test('remembers the last failures and refusals apart, with bounded texts', async (t) => {
  const { request, facts } = observing();
  request({ status: 500, outcome: 'failed', code: 'InternalError', cause: 'x'.repeat(5000) });
  for (let tries = 0; tries < 3 * MOST_FAILURES; tries += 1)
    request({ status: 403, outcome: 'refused', code: 'AccessDenied', objectKey: `key ${tries}` });
  request({ status: 404, outcome: 'refused', code: 'NoSuchKey' });
  const { failures, refusals } = facts();
  t.equal(failures.length, 1, 'refusals push out no failure');
  t.ok((failures[0]?.cause?.length ?? 0) < 400);
  t.equal(refusals.length, MOST_FAILURES);
  t.equal(refusals.at(-1)?.objectKey, `key ${3 * MOST_FAILURES - 1}`, 'what is not there is no refusal');
});

t.test('sees which limits were reached, and when', async (t) => {
  const { load, facts } = observing();
  t.match(
    facts().limits.find(({ name }) => name === 'copies'),
    { hits: 0, lastHit: undefined },
  );
  load.hit('copies');
  t.match(
    facts().limits.find(({ name }) => name === 'copies'),
    { hits: 1, lastHit: Number },
  );
});

t.test('a limit is told as it is used', async (t) => {
  const { load, facts } = observing();
  load.use({ limits: { ...load.limits, connections: 20, refusals: 64 } });
  t.match(
    facts().limits.find(({ name }) => name === 'refusals'),
    { most: 8 },
    'an eighth of the connections, or 8',
  );
});

t.test('several processes are one: sums, and the last news of each store', async (t) => {
  const [one, other] = [observing(), observing()];
  one.request({ ...SERVED, rule: 'rules[0]', op: 'GetObject', ssecKeyId: 'new', client: 'AKIDONE' });
  other.observer.fault('upstream', 'unreachable', 'ECONNREFUSED');
  one.request({ ...SERVED, rule: 'rules[0]', op: 'PutObject', ssecKeyId: 'new', client: 'AKIDONE' });
  const both = gather([one.facts(), other.facts()]);
  t.match(both.rules[0], { hits: 2, readFirstKey: 1, writtenEncrypted: 1 });
  t.match(both.keys[0], { id: 'new', uses: 2 });
  t.match(both.clients[0], { requests: 2 });
  t.match(
    both.upstreams,
    [{ answers: 2, failures: 1, inARow: 0, open: 2, most: 16 }],
    'one of them reaches it',
  );
  t.equal(both.limits.find(({ name }) => name === 'copies')?.most, 2 * new Load().limits.copies);
});

t.test('a client that is refused for another reason than its own does not fail to log in', async (t) => {
  const { request, facts } = observing();
  for (const code of ['ServiceUnavailable', 'SlowDown', 'InternalError', 'BadRequest'])
    request({ claimed: 'AKIDONE', code, status: 503, outcome: 'failed' });
  t.equal(facts().clients[0]?.refused, 0);
  request({ claimed: 'AKIDONE', code: 'SignatureDoesNotMatch', status: 403, outcome: 'refused' });
  t.equal(facts().clients[0]?.refused, 1);
});

t.test('what helps against a failure is told by its cause where its code has several', async (t) => {
  const failure = { at: 0, id: 'F', outcome: 'failed', status: 503, code: 'ServiceUnavailable' };
  t.match(whatToDo(failure), /^The store could not be used/);
  t.match(whatToDo({ ...failure, cause: UNAUDITED }), /^Make the audit log writable/);
  t.match(
    whatToDo({ ...failure, cause: 'The proxy waits for a key of rules[2]. Try again later.' }),
    /^A key is not available/,
  );
  t.match(whatToDo({ ...failure, code: 'SlowDown', cause: 'limits.copies is reached' }), /^A limit of the/);
});

t.test('each log is as the worst of its processes', async (t) => {
  const { facts } = observing();
  const logs = (causes: readonly string[], lost: number, refuses = false): Facts['logs'] => [
    { name: 'audit', causes, lost, refuses },
  ];
  const all = gather([
    { ...facts(), logs: logs([], 0) },
    { ...facts(), logs: logs(['ENOSPC'], 2, true) },
    { ...facts(), logs: logs(['ENOSPC'], 3) },
  ]);
  t.strictSame(all.logs, logs(['ENOSPC'], 5, true));
  t.ok(gather([]).startedAt > 0, 'also where no process answers');
});

t.test('who only claims to be a client is told apart from one', async (t) => {
  const { request, facts } = observing();
  request({ claimed: 'AKIDONE', code: 'SignatureDoesNotMatch', status: 403, outcome: 'refused' });
  t.match(facts().refusals, [{ client: undefined, claimed: 'AKIDONE' }]);
});
