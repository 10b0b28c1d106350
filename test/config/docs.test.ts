import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { renderJsonSchema, renderTable, replaceTable } from '../../scripts/docs.ts';

const STALE = 'run npm run docs';

t.test('the committed JSON Schema is that of the config’s schema', (t) => {
  const committed = readFileSync(new URL('../../config/ssec-proxy.schema.json', import.meta.url), 'utf8');
  t.equal(committed, renderJsonSchema(), STALE);
  t.end();
});

t.test('the README’s options table is that of the config’s schema', (t) => {
  const readme = new URL('../../README.md', import.meta.url);
  if (existsSync(readme)) {
    const text = readFileSync(readme, 'utf8');
    t.equal(text, replaceTable(text), STALE);
  }
  t.end();
});

t.test('the table has one row per field, with its default', (t) => {
  const rows = renderTable().split('\n');
  t.ok(rows.some((row) => row.startsWith('| `upstream.timeouts.keepAlive` | text | `4s` | ')));
  t.ok(rows.some((row) => row.startsWith('| `listen[].address` | text | required | ')));
  t.ok(rows.some((row) => row.startsWith('| `keys.ID.format` | `raw`, `base64`, `hex`, `velero` |  | ')));
  t.notOk(
    rows.some((row) => row.endsWith(' |  |')),
    'every field says what it is',
  );
  t.end();
});

t.test('only what is between the marks is replaced', (t) => {
  const text = 'a\n<!-- options:begin -->\nold\n<!-- options:end -->\nz\n';
  t.equal(replaceTable(text), `a\n<!-- options:begin -->\n${renderTable()}\n<!-- options:end -->\nz\n`);
  t.throws(() => replaceTable('no marks'));
  t.end();
});
