import fc from 'fast-check';
import t from 'tap';
import { compileRules, type Rule, ringOfRule } from '../../src/rules/match.ts';
import { prefixIndex } from '../../src/rules/prefix-index.ts';

function rule(bucket: string, prefix = '', name = `${bucket}/${prefix}`): Rule {
  return {
    name,
    bucket,
    prefix,
    encryption: { kind: 'off' },
    plainReads: 'deny',
    clientHeaders: 'reject',
    foreignUploads: 'deny',
    declassify: false,
    upstream: undefined,
  };
}

function winner(rules: readonly Rule[], bucket: string, objectKey: string): string {
  const match = compileRules(rules, 'deny').matchObject(bucket, objectKey);
  return match.kind === 'rule' ? match.rule.name : match.action;
}

t.test('the longest prefix wins, whatever the order', (t) => {
  const rules = [rule('abc', 'a/'), rule('abc', ''), rule('abc', 'a/b/')];
  t.equal(winner(rules, 'abc', 'a/b/c'), 'abc/a/b/');
  t.equal(winner(rules.toReversed(), 'abc', 'a/x'), 'abc/a/');
  t.equal(winner(rules, 'abc', 'z'), 'abc/');
  t.equal(winner(rules, 'abcd', 'z'), 'deny');
  t.end();
});

t.test('an exact bucket beats a glob with a longer prefix', (t) => {
  const rules = [rule('a*', 'deep/er/'), rule('abc')];
  t.equal(winner(rules, 'abc', 'deep/er/x'), 'abc/');
  t.equal(winner(rules, 'abd', 'deep/er/x'), 'a*/deep/er/');
  t.end();
});

t.test('an exact bucket whose prefixes do not match leaves the object to the globs', (t) => {
  t.equal(winner([rule('a*'), rule('abc', 'x/')], 'abc', 'y'), 'a*/');
  t.end();
});

t.test('one rule has all objects of a bucket when it does not depend on the object key', (t) => {
  const name = (rules: readonly Rule[], bucket: string): string | undefined =>
    compileRules(rules, 'deny').ruleOfAll(bucket)?.name;
  t.equal(name([rule('abc')], 'abc'), 'abc/');
  t.equal(name([rule('a*')], 'abc'), 'a*/');
  t.equal(name([rule('abc'), rule('a*', 'x/')], 'abc'), 'abc/', 'an exact bucket beats a glob');
  t.equal(name([rule('abc'), rule('abc', 'x/')], 'abc'), undefined);
  t.equal(name([rule('abc', 'x/')], 'abc'), undefined);
  t.equal(name([rule('abc', 'x/'), rule('a*')], 'abc'), undefined, 'the glob has the others');
  t.equal(name([rule('a*'), rule('*c')], 'abc'), undefined);
  t.equal(name([rule('abc')], 'zzz'), undefined);
  t.end();
});

t.test('names from Object.prototype are bucket names and prefixes like any other', (t) => {
  t.equal(winner([rule('constructor', '__proto__')], 'constructor', '__proto__/x'), 'constructor/__proto__');
  t.equal(winner([rule('abc')], 'constructor', 'x'), 'deny');
  t.end();
});

t.test('a bucket is allowed when any rule names it, or by default', (t) => {
  const rules = [rule('abc', 'x/'), rule('p-*')];
  const denying = compileRules(rules, 'deny');
  const asked = ['abc', 'p-q', 'zzz'];
  t.strictSame(
    asked.map((bucket) => denying.matchBucket(bucket)),
    ['allowed', 'allowed', 'denied'],
  );
  t.strictSame(
    asked.map((bucket) => compileRules(rules, 'pass').matchBucket(bucket)),
    ['allowed', 'allowed', 'allowed'],
  );
  t.strictSame(compileRules([], 'pass').matchObject('abc', 'x'), { kind: 'default', action: 'pass' });
  t.end();
});

t.test('twins are refused', (t) => {
  t.throws(() => compileRules([rule('abc'), rule('abc')], 'deny'), RangeError);
  t.end();
});

t.test('a match is what a search through all rules finds', (t) => {
  const bucket = fc.constantFrom('aaa', 'aab', 'abb', 'a*', '*b', 'a?b', '*');
  const prefix = fc.string({ unit: fc.constantFrom('x', '/', 'é', '😀'), maxLength: 4 });
  const rules = fc.uniqueArray(fc.record({ bucket, prefix }), {
    selector: (r) => `${r.bucket}\n${r.prefix}`,
    maxLength: 12,
  });
  const asked = fc.constantFrom('aaa', 'aab', 'abb', 'bbb', 'zzz');
  const objectKey = fc.string({ unit: fc.constantFrom('x', '/', 'é', '😀'), maxLength: 7 });
  fc.assert(
    fc.property(rules, asked, objectKey, (specs, bucket, objectKey) => {
      const all = specs.map((spec) => rule(spec.bucket, spec.prefix));
      const match = compileRules(all, 'deny').matchObject(bucket, objectKey);
      const best = rankAll(all, bucket, objectKey);
      if (match.kind === 'default') return best === undefined;
      // Globs of one prefix may tie here, which the config refuses: any of them will do.
      return best === rank(match.rule, bucket, objectKey);
    }),
    { numRuns: 3_000 },
  );
  t.end();
});

function rankAll(rules: readonly Rule[], bucket: string, objectKey: string): number | undefined {
  const ranks = rules.map((r) => rank(r, bucket, objectKey)).filter((r) => r !== undefined);
  return ranks.length === 0 ? undefined : Math.max(...ranks);
}

function rank({ bucket: glob, prefix }: Rule, bucket: string, objectKey: string): number | undefined {
  const regex = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  if (!regex.test(bucket) || !objectKey.startsWith(prefix)) return undefined;
  return prefix.length + (glob === bucket ? 1_000 : 0);
}

t.test('of 10,000 exact rules one is found without a search through them', (t) => {
  const rules = Array.from({ length: 10_000 }, (_, i) => rule(`bucket-${i % 100}`, `team-${i}/`));
  let reads = 0;
  const counted = rules.map((r) => ({
    ...r,
    get prefix() {
      reads++;
      return r.prefix;
    },
  }));
  const compiled = compileRules(counted, 'deny');
  reads = 0;
  const match = compiled.matchObject('bucket-42', 'team-4242/x');
  t.match(match, { kind: 'rule', rule: { name: 'bucket-42/team-4242/' } });
  t.equal(reads, 0, 'no rule was looked at');
  t.end();
});

t.test('the longest prefix is the one that a search through all finds', (t) => {
  const piece = fc.string({ unit: fc.constantFrom('x', '/', 'é', '😀'), maxLength: 9 });
  fc.assert(
    fc.property(fc.uniqueArray(piece, { maxLength: 25 }), piece, (prefixes, text) => {
      const longest = prefixes
        .filter((prefix) => text.startsWith(prefix))
        .toSorted((a, b) => b.length - a.length)
        .at(0);
      return prefixIndex(new Map(prefixes.map((prefix) => [prefix, prefix]))).longest(text) === longest;
    }),
    { numRuns: 5_000 },
  );
  t.end();
});

/** How often `work` asks a map, a set or a text something, or goes on to their next entry: what a match consists of. */
function stepsOf(work: () => void): number {
  const counted: readonly (readonly [prototype: object, ...names: readonly string[]])[] = [
    [Map.prototype, 'get', 'has'],
    [Set.prototype, 'add', 'has'],
    [Object.getPrototypeOf(new Map().entries()) as object, 'next'],
    [Object.getPrototypeOf(new Set().entries()) as object, 'next'],
    [Object.getPrototypeOf([].values()) as object, 'next'],
    [String.prototype, 'slice', 'startsWith', 'charAt'],
  ];
  let steps = 0;
  const restore = counted.flatMap(([prototype, ...names]) => {
    const methods = prototype as Record<string, (...given: unknown[]) => unknown>;
    return names.map((name) => {
      const kept = methods[name] as (...given: unknown[]) => unknown;
      methods[name] = function (...given) {
        steps += 1;
        return kept.apply(this, given);
      };
      return () => {
        methods[name] = kept;
      };
    });
  });
  try {
    work();
  } finally {
    const taken = steps;
    for (const one of restore) one();
    steps = taken;
  }
  return steps;
}

t.test('a match takes as many steps with 10,000 rules as with 10', (t) => {
  const pad = (index: number): string => String(index).padStart(5, '0');
  const kinds: Readonly<Record<string, (index: number) => Rule>> = {
    'exact buckets': (index) => rule(`bucket-${pad(index)}`),
    'globs by their start': (index) => rule(`team-${pad(index)}-*`),
    'globs by their end': (index) => rule(`*-team-${pad(index)}`),
    'globs by their middle': (index) => rule(`*-${pad(index)}-*`),
    'prefixes of one length': (index) => rule('bucket', `tenant-${pad(index)}/`),
    'prefixes of many lengths': (index) => rule('bucket', pad(index).padEnd(8 + ((index * 53) % 1009), 'x')),
    'prefixes under globs': (index) => rule('bucket-*', `tenant-${pad(index)}/`),
  };
  for (const [kind, make] of Object.entries(kinds)) {
    const every = Array.from({ length: 10_000 }, (_, index) => make(index));
    const asked = every.filter((_, index) => index % 1000 === 0);
    const [few = 0, many = 0] = [asked, every].map((rules) => {
      const compiled = compileRules(rules, 'deny');
      return stepsOf(() => {
        for (const { bucket, prefix, name } of asked) {
          const match = compiled.matchObject(bucket.replaceAll('*', 'abc'), `${prefix}object`);
          if (match.kind !== 'rule' || match.rule.name !== name) throw new Error(`${name} is not found`);
          compiled.matchBucket('no-such-bucket');
        }
      });
    });
    t.ok(many <= 2 * few + 100, `${kind}: ${few} and ${many} steps for ten matches`);
    t.ok(few > 0, 'steps are counted');
  }
  t.end();
});

t.test('tells the client to wait for a key, and the operator which one it is and why', async (t) => {
  const rule: Pick<Rule, 'name' | 'encryption'> = {
    name: 'rules[2]',
    encryption: { kind: 'waiting', waitsFor: [{ id: 'main', cause: 'the command ended with code 3' }] },
  };
  t.throws(() => ringOfRule(rule), {
    code: 'ServiceUnavailable',
    message: 'The proxy waits for a key of rules[2]. Try again later.',
    reason: 'rules[2] waits for keys.main: the command ended with code 3',
  });
});
