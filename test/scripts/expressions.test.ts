import t from 'tap';
import { expressionsOf } from '../../scripts/expressions/find.ts';
import { judge } from '../../scripts/expressions/judge.ts';
import { complaintsOf } from '../../scripts/expressions.ts';

/** What was in the project once, and took seconds of CPU for texts of some kilobytes. */
const WERE_SLOW: Readonly<Record<string, string>> = {
  'a document that waits': String.raw`/^\s*(?:<\?xml[^>]*\?>)?\s*$/`,
  'the value of a trailer': String.raw`/^[ \t]+|[ \t]+$/g`,
  'the ETags of a document': String.raw`/(<((?:[\w.-]+:)?ETag)(?:\s[^>]*)?(?<!\/)>)(.*?)(<\/\2\s*>)/gs`,
  'the object key of an entry': String.raw`/<((?:[\w.-]+:)?Key)(?:\s[^>]*)?>(.*?)<\/\1\s*>/s`,
  'the encoding of a list': String.raw`/<(?:[\w.-]+:)?EncodingType(?:\s[^>]*)?>\s*url\s*</`,
  'the head of a part': String.raw`/^content-disposition:\s*(.*)$/i`,
  'the end of base64': '/=+$/',
  'what a store says of policies': '/with an explicit deny in an? [a-z -]*policy/i',
};

const judged = (code: string): Promise<readonly string[]> =>
  Promise.all(
    expressionsOf('x.ts', code).map(async (expression) => {
      const verdict = await judge(expression);
      return verdict.kind;
    }),
  );

for (const [what, expression] of Object.entries(WERE_SLOW)) {
  t.test(`names the expression that once read ${what}`, { timeout: 120_000 }, async (t) => {
    t.same(await judged(`export const X = ${expression};`), ['slow']);
  });
}

t.test('takes those that are linear, and none that is put together while the program runs', async (t) => {
  t.same(await judged('const A = /^[0-9a-f]{64}$/; f(/[ab]+/g);'), ['linear', 'linear']);
  t.same(await judged(`const B = new RegExp('a'); const C = RegExp(b);`), ['slow', 'slow']);
});

t.test('says where it is, and which exception is none', async (t) => {
  const found = expressionsOf('s3/x.ts', 'const A = 1;\nconst B = /a+$/;\n');
  const complaints = await complaintsOf(found, async () => ({ kind: 'slow', why: 'it is slow' }));
  t.match(complaints[0], 's3/x.ts:2: it is slow: /a+$/');
  t.match(complaints[1], /it has no such expression, and is an exception$/);
});

t.teardown(() => {
  // recheck leaves its program running.
  setTimeout(() => process.exit(), 100).unref();
});
