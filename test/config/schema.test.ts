import t from 'tap';
import { configSchema } from '../../src/config/schema.ts';
import { collectGarbage } from '../../src/garbage.ts';

t.test('the schema is one for all who ask in the same turn', (t) => {
  t.equal(configSchema(), configSchema());
  t.end();
});

t.test('the schema is not kept, and made again', async (t) => {
  const kept = new WeakRef(configSchema());
  await collectGarbage();
  t.equal(kept.deref(), undefined);
  t.ok(configSchema().shape.listen);
});
