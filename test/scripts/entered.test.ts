import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { enteredDuring } from '../../scripts/entered/coverage.ts';
import { countOf, overLimits } from '../../scripts/entered.ts';

t.test(
  'counts a function once, whatever its name, and no module, no other folder, nothing from before',
  async (t) => {
    const folder = t.testdir({
      inside: {
        'a.js': `import { leaf } from './b.js';
        export function twice() { return [1, 2].map((each) => leaf(each)); }
        export function never() { return 0; }
        export function before() { return 1; }`,
        'b.js': 'export const leaf = (each) => each;',
        'c.js': 'export const untouched = () => 1;',
      },
      'inside-out': { 'd.js': 'export const other = () => 1;' },
    });
    type Loaded = Readonly<Record<'before' | 'twice' | 'other', () => number>>;
    const load = async (file: string): Promise<Loaded> =>
      await import(pathToFileURL(join(folder, file)).href);
    const inside = await load('inside/a.js');
    const outside = await load('inside-out/d.js');
    inside.before();
    const entered = await enteredDuring(join(folder, 'inside'), async () => {
      await load('inside/c.js');
      inside.twice();
      inside.twice();
      outside.other();
    });
    t.strictSame([...entered.keys()].toSorted(), ['a.js', 'b.js']);
    t.match(entered.get('a.js')?.toSorted(), [/^@\d+$/, /^twice@\d+$/]);
    t.strictSame(countOf(entered), { files: 2, functions: 3 });
  },
);

t.test('is content at the limits, and says what is above them', async (t) => {
  const measured = new Map([['PutObject', new Map([['a.ts', ['a@1', 'b@2']]])]]);
  t.strictSame(overLimits(measured, { PutObject: { files: 1, functions: 2 } }), []);
  t.strictSame(overLimits(measured, { PutObject: { files: 0, functions: 1 } }), [
    'PutObject enters 1 files of src/; at most 0',
    'PutObject enters 2 functions of src/; at most 1',
  ]);
});

t.test('takes an operation that has entered nothing for one that was not measured', async (t) => {
  const says = ['GetObject has entered no file of src/: nothing was measured'];
  t.strictSame(overLimits(new Map(), { GetObject: { files: 1, functions: 1 } }), says);
  t.strictSame(
    overLimits(new Map([['GetObject', new Map()]]), { GetObject: { files: 1, functions: 1 } }),
    says,
  );
});
