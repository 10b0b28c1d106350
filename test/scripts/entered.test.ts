import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { enteredDuring } from '../../scripts/entered/coverage.ts';
import { byPart, countOf, overLimits } from '../../scripts/entered.ts';

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

const of = (files: number, functions: number): { files: number; functions: number } => ({ files, functions });

t.test(
  'holds the line and the transport apart, is content at the limits, and says what is above them',
  async (t) => {
    const entered = new Map([
      ['a.ts', ['a@1', 'b@2']],
      ['upstream/c.ts', ['c@1']],
      ['upstream-end.ts', ['d@1']],
    ]);
    t.strictSame(byPart(entered), { line: of(2, 3), transport: of(1, 1) });
    const measured = new Map([['PutObject', entered]]);
    t.strictSame(overLimits(measured, { PutObject: { line: of(2, 3), transport: of(1, 1) } }), []);
    t.strictSame(overLimits(measured, { PutObject: { line: of(1, 2), transport: of(0, 0) } }), [
      'PutObject enters 2 files of the line; at most 1',
      'PutObject enters 3 functions of the line; at most 2',
      'PutObject enters 1 files of the transport; at most 0',
      'PutObject enters 1 functions of the transport; at most 0',
    ]);
  },
);

t.test('takes an operation that has entered nothing for one that was not measured', async (t) => {
  const says = [
    'GetObject has entered no file of the line: nothing was measured',
    'GetObject has entered no file of the transport: nothing was measured',
  ];
  const limits = { GetObject: { line: of(1, 1), transport: of(1, 1) } };
  t.strictSame(overLimits(new Map(), limits), says);
  t.strictSame(overLimits(new Map([['GetObject', new Map()]]), limits), says);
});
