import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import t from 'tap';
import {
  NAME_LIMITS,
  NAME_WAITS,
  type NameLimits,
  type NameWaits,
} from '../../../src/upstream/names/limits.ts';
import { Names } from '../../../src/upstream/names/names.ts';
import { type DnsServer, dnsServer, type Reply } from './dns-server.ts';
import { machine } from './machine.ts';

/** What the DNS server says of every name from now on. */
interface Stand {
  say: (name: string) => Reply;
  now: number;
  readonly dns: DnsServer;
  readonly names: Names;
  readonly write: (files: { readonly hosts?: string; readonly resolvConf?: string }) => void;
  /** The addresses for a connection of TLS, or the error's code. */
  ask(name?: string, protocol?: 'http:' | 'https:'): Promise<string>;
  /** How often DNS was asked for a name. */
  asked(name?: string): number;
}

/** No server here is given up because this process was busy: what has to end has a limit of its own. */
const CONF = 'nameserver 127.0.0.1\noptions timeout:5 attempts:5\n';
const V4 = (address: string, ttl = 10): Reply => ({ A: [address], ttl });

async function stand(
  t: { teardown(end: () => unknown): void },
  limits: Partial<NameLimits> = {},
  waits: Partial<NameWaits> = { patience: 60_000 },
): Promise<Stand> {
  const dns = await dnsServer(t, ({ name, type }) => (type === 'A' ? stand.say(name) : {}));
  const { resolution, write } = machine(t, { resolvConf: CONF }, { port: dns.port });
  const names = new Names(resolution, () => stand.now, { limits, waits });
  const stand: Stand = {
    say: () => V4('192.0.2.1'),
    now: 0,
    dns,
    names,
    write,
    ask: async (name = 'store.test', protocol = 'https:') => {
      try {
        const addresses = await all(names.lookupFor(protocol), name);
        return addresses.map(({ address }) => address).join(' ');
      } catch (error) {
        return String((error as NodeJS.ErrnoException).code);
      }
    },
    asked: (name = 'store.test') => dns.count(name, 'A'),
  };
  return stand;
}

async function all(lookup: LookupFunction, name: string): Promise<readonly LookupAddress[]> {
  return await new Promise((resolve, reject) => {
    lookup(name, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses as LookupAddress[]);
    });
  });
}

t.test('answers as dns.lookup does: one address, all of them, one family', async (t) => {
  const { names } = await stand(t);
  const lookup = names.lookupFor('https:');
  const answerTo = async (name: string, options: object): Promise<unknown[]> =>
    await new Promise((resolve) => {
      lookup(name, options, (...answer) => resolve(answer));
    });
  const all = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  t.strictSame(await answerTo('localhost', { all: true }), [null, all]);
  t.strictSame(await answerTo('localhost', { all: true, family: 0 }), [null, all]);
  t.strictSame(await answerTo('localhost', {}), [null, '::1', 6]);
  t.strictSame(await answerTo('localhost', { family: 4 }), [null, '127.0.0.1', 4]);
  t.strictSame(await answerTo('localhost', { family: 'IPv4', all: true }), [null, [all[1]]]);
  t.strictSame(await answerTo('store.test', { family: 4 }), [null, '192.0.2.1', 4]);
  t.match(await answerTo('store.test', { family: 6 }), [{ code: 'ENOTFOUND', hostname: 'store.test' }]);
  t.match(await answerTo('a b', {}), [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }]);
});

t.test('an answer is kept for its time', async (t) => {
  const s = await stand(t);
  t.equal(await s.ask(), '192.0.2.1');
  s.say = () => V4('192.0.2.2', 0);
  s.now = 9_999;
  t.equal(await s.ask(), '192.0.2.1');
  t.equal(await s.ask('STORE.test'), '192.0.2.1');
  t.equal(s.asked(), 1);
  s.now = 10_000;
  t.equal(await s.ask(), '192.0.2.2');
  t.equal(s.asked(), 2);
  s.say = () => V4('192.0.2.3', 86_400);
  s.now += 999;
  t.equal(await s.ask(), '192.0.2.2', 'a TTL of 0 is a second');
  s.now += 1;
  t.equal(await s.ask(), '192.0.2.3');
  s.say = () => V4('192.0.2.4');
  s.now += 29_999;
  t.equal(await s.ask(), '192.0.2.3');
  s.now += 1;
  t.equal(await s.ask(), '192.0.2.4', 'a TTL of a day is 30 seconds');
});

t.test('all who ask for a name wait for one look-up', async (t) => {
  const s = await stand(t);
  s.say = () => ({ A: ['192.0.2.1'], delay: 50 });
  const answers = await Promise.all(Array.from({ length: 500 }, () => s.ask()));
  t.strictSame([...new Set(answers)], ['192.0.2.1']);
  t.equal(s.asked(), 1);
  s.say = () => 'NXDOMAIN';
  const failures = await Promise.all(Array.from({ length: 500 }, () => s.ask('other.test')));
  t.strictSame([...new Set(failures)], ['ENOTFOUND']);
  t.equal(s.asked('other.test'), 1);
});

t.test(
  'the last good addresses serve while DNS fails, for an hour with TLS and a minute without',
  async (t) => {
    const s = await stand(t);
    await s.ask();
    s.say = () => 'SERVFAIL';
    s.now = 59_999;
    t.equal(await s.ask(), '192.0.2.1');
    t.equal(await s.ask('store.test', 'http:'), '192.0.2.1');
    s.now = 60_000;
    t.equal(await s.ask('store.test', 'http:'), 'EAI_AGAIN');
    t.equal(await s.ask(), '192.0.2.1');
    s.now = 3_599_999;
    t.equal(await s.ask(), '192.0.2.1');
    s.now = 3_600_000;
    t.equal(await s.ask(), 'EAI_AGAIN');
    s.say = () => V4('192.0.2.2');
    s.now += 1000;
    t.equal(await s.ask(), '192.0.2.2', 'DNS is back');
  },
);

t.test('while DNS fails it is asked again every five seconds at most, and nobody waits for it', async (t) => {
  const s = await stand(t);
  await s.ask();
  s.say = () => 'SERVFAIL';
  s.now = 20_000;
  for (let i = 0; i < 50; i += 1) t.equal(await s.ask(), '192.0.2.1');
  const once = s.asked();
  s.now = 24_999;
  await s.ask();
  await pause(100);
  t.equal(s.asked(), once);
  s.say = () => ({ A: ['192.0.2.2'], delay: 200 });
  s.now = 25_000;
  t.equal(await s.ask(), '192.0.2.1', 'the answer comes later');
  await eventually(async () => (await s.ask()) === '192.0.2.2');
  t.equal(await s.ask(), '192.0.2.2');
  t.equal(s.asked(), once + 1);
});

t.test('a look-up that hangs holds those up who have older addresses for half a second, once', async (t) => {
  const s = await stand(t, {}, NAME_WAITS);
  await s.ask();
  s.say = () => 'hang';
  s.now = 20_000;
  const began = performance.now();
  t.equal(await s.ask(), '192.0.2.1');
  const first = performance.now() - began;
  t.ok(first >= 450, `${first} ms`);
  s.now += 500;
  for (let i = 0; i < 50; i += 1) t.equal(await s.ask(), '192.0.2.1');
  // Half a second each would be longer than the look-up may take.
  t.equal(s.names.figures().ended.failed, 0, 'the patience counts from the beginning of the look-up');
});

t.test('that there is no such name is an answer: the last good addresses are gone', async (t) => {
  const s = await stand(t);
  await s.ask();
  s.say = () => 'NXDOMAIN';
  s.now = 20_000;
  t.equal(await s.ask(), 'ENOTFOUND');
  s.say = () => V4('192.0.2.2');
  s.now += 999;
  t.equal(await s.ask(), 'ENOTFOUND', 'kept for a second');
  s.now += 1;
  t.equal(await s.ask(), '192.0.2.2');
});

t.test('a name whose servers hang fails in time, and for all at once', async (t) => {
  const s = await stand(t, { timeout: 300 });
  s.say = () => 'hang';
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 100 }, () => s.ask()));
  t.strictSame([...new Set(answers)], ['EAI_AGAIN']);
  t.ok(performance.now() - began < 20_000, 'not for the 25 s of the file');
  t.equal(s.asked(), 1);
});

t.test('a file that has changed counts at once', async (t) => {
  const s = await stand(t);
  t.equal(await s.ask(), '192.0.2.1');
  s.say = () => V4('192.0.2.2');
  t.equal(await s.ask(), '192.0.2.1');
  s.write({ resolvConf: `${CONF}# the same server, as far as we know\n` });
  t.equal(await s.ask(), '192.0.2.2');
  s.write({ hosts: '192.0.2.3 store.test\n' });
  t.equal(await s.ask(), '192.0.2.3');
  s.write({ hosts: '' });
  t.equal(await s.ask(), '192.0.2.2');
});

t.test('no more names are remembered than the limit says, the last used stay', async (t) => {
  const s = await stand(t, { remembered: 3 });
  for (const name of ['a.test', 'b.test', 'c.test', 'a.test', 'd.test', 'a.test', 'b.test'])
    await s.ask(name);
  t.equal(s.asked('a.test'), 1);
  t.equal(s.asked('b.test'), 2, 'it was forgotten for d.test');
});

t.test('more names than the limit that all hang: the next one is refused', async (t) => {
  const s = await stand(t, { remembered: 3, timeout: 500 });
  s.say = () => 'hang';
  const hanging = ['a.test', 'b.test', 'c.test'].map((name) => s.ask(name));
  await t.rejects(s.names.addresses('d.test', 0), { code: 'EAI_AGAIN', message: /too many names/ });
  await Promise.all(hanging);
});

t.test('a domain whose servers hang leaves slots for the names of others', async (t) => {
  const s = await stand(t, { lookups: 4, lookupsPerDomain: 2 });
  s.say = (name) => (name.endsWith('dead.test') ? 'hang' : V4('192.0.2.1'));
  const dead = Array.from({ length: 50 }, (_, i) => s.ask(`bucket-${i}.dead.test`));
  for (let i = 0; i < 20; i += 1) t.equal(await s.ask(`bucket-${i}.good.test`), '192.0.2.1');
  t.equal(s.names.figures().ended.failed, 0, 'all before the first of the others ends');
  t.equal(
    new Set(s.dns.questions.filter(({ name }) => name.includes('dead')).map(({ name }) => name)).size,
    2,
  );
  t.strictSame([...new Set(await Promise.all(dead))], ['EAI_AGAIN'], 'those in the queue end too');
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000 && !(await holds()); i += 1) await pause(10);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

t.test('tells how near its limits are, how often they were reached, and how look-ups ended', async (t) => {
  const s = await stand(t, { lookups: 2, lookupsPerDomain: 1, remembered: 5, timeout: 400 });
  t.equal(await s.ask('good.test'), '192.0.2.1');
  s.say = (name) => (name === 'none.test' ? 'NXDOMAIN' : 'hang');
  t.equal(await s.ask('none.test'), 'ENOTFOUND');
  const hanging = ['a.one.dead', 'b.one.dead', 'c.two.dead'].map((name) => s.ask(name));
  await eventually(async () => s.names.figures().limits.lookups.used === 2);
  t.match(s.names.figures().limits, {
    lookups: { most: 2, used: 2 },
    lookupsPerDomain: { most: 1, used: 1 },
    remembered: { most: 5, used: 5 },
  });
  hanging.push(s.ask('d.three.dead'));
  t.strictSame(await Promise.all(hanging), ['EAI_AGAIN', 'EAI_AGAIN', 'EAI_AGAIN', 'EAI_AGAIN']);
  t.match(s.names.figures().hits, { lookups: 1, lookupsPerDomain: 1, remembered: 1 });
  t.ok(s.names.figures().hits.timeout >= 3);
  t.match(s.names.figures().ended, { found: 1, unknown: 1, failed: 4 });
  t.equal(s.names.figures().limits.lookups.used, 0);
});

t.test('counts connections to addresses that are past their time', async (t) => {
  const s = await stand(t);
  await s.ask();
  s.say = () => 'SERVFAIL';
  s.now = 20_000;
  for (let i = 0; i < 3; i += 1) await s.ask();
  t.equal(s.names.figures().stale, 3);
});

t.test('other limits are for what comes, and let those in who wait', async (t) => {
  const s = await stand(t, { lookups: 1, lookupsPerDomain: 1 });
  s.say = (name) => (name.endsWith('.dead') ? 'hang' : V4('192.0.2.1', 0));
  const hanging = s.ask('a.dead');
  const waiting = ['a.good', 'b.better'].map((name) => s.ask(name));
  const next = { ...NAME_LIMITS, lookups: 2, remembered: 2, keep: 5000 };
  s.names.use(next);
  t.strictSame(await Promise.all(waiting), ['192.0.2.1', '192.0.2.1']);
  s.names.use({ ...next, timeout: 100 });
  t.equal(await s.ask('b.dead'), 'EAI_AGAIN', 'in the new time');
  t.equal(s.names.figures().ended.failed, 1, 'the older one goes on');
  s.names.use(next);
  t.ok(s.names.figures().limits.remembered.used <= 2);
  s.now = 10_000;
  t.equal(await s.ask('b.better'), '192.0.2.1');
  s.say = () => 'SERVFAIL';
  s.now += 4999;
  t.equal(await s.ask('b.better'), '192.0.2.1');
  s.now += 5000;
  t.equal(await s.ask('b.better'), 'EAI_AGAIN', 'kept no longer than is wanted now');
  t.equal(await hanging, 'EAI_AGAIN');
});
