import t from 'tap';
import { collectGarbage } from '../src/garbage.ts';

t.test('what nobody refers to is collected, without a flag of Node.js', async (t) => {
  let large: object | undefined = { large: 'x'.repeat(1000) };
  const left = new WeakRef(large);
  large = undefined;
  t.equal(globalThis.gc, undefined);
  await collectGarbage();
  t.equal(left.deref(), undefined);
  t.equal(globalThis.gc, undefined);
});
