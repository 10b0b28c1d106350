import t from 'tap';
import { load, MINIMAL } from './fixture.ts';

t.test('warns when one domain can take all look-ups', async (t) => {
  const { snapshot, lines } = await load(`${MINIMAL}names: { lookups: 8 }\n`);
  t.ok(snapshot);
  t.match(lines.join('\n'), /names\.lookupsPerDomain: one domain can take all 8 look-ups/);
  t.same((await load(`${MINIMAL}names: { lookups: 9 }\n`)).lines, []);
});
