import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import t from 'tap';
import { fill, generated, stale, unmarked } from '../../scripts/docs/generated.ts';
import { renderMetrics } from '../../scripts/docs/metrics.ts';
import { renderOptions } from '../../scripts/docs/options.ts';
import { ROOT } from '../../scripts/docs/pages.ts';
import { renderProviders } from '../../scripts/docs/providers.ts';
import { PROVIDER_NAMES } from '../../src/s3/providers.ts';

const otherDefaults = process.env.UPSTREAM_DEFAULTS !== undefined && 'the pages tell the usual defaults';

t.test('nothing that is generated is stale', { skip: otherDefaults }, (t) => {
  t.strictSame(
    stale(ROOT).map(({ path }) => relative(ROOT, path)),
    [],
    'run npm run docs',
  );
  t.end();
});

t.test('every page that has to be generated is', (t) => {
  const paths = generated(ROOT).map(({ path }) => relative(ROOT, path));
  const wanted = [
    'config/ssec-proxy.schema.json',
    'deploy/chart/values.schema.json',
    ...['options', 'command-line', 'metrics', 'keys', 'etags'].map((name) => `docs/reference/${name}.md`),
    ...['index', ...PROVIDER_NAMES].map((name) => `docs/stores/${name}.md`),
  ];
  t.strictSame(
    wanted.filter((path) => !paths.includes(path)),
    [],
  );
  t.end();
});

t.test('a page that has lost its mark is found', (t) => {
  t.strictSame(unmarked(ROOT), []);
  const read = (path: string): string => {
    const text = readFileSync(path, 'utf8');
    return path.endsWith('options.md') ? text.replace('<!-- generated:options -->', '') : text;
  };
  t.strictSame(unmarked(ROOT, read), [
    'docs/reference/options.md has no <!-- generated:options --> any more',
  ]);
  t.end();
});

t.test('the options have one line per field, with its default and what a change needs', (t) => {
  const rows = renderOptions().split('\n');
  const row = (start: string): string | undefined => rows.find((one) => one.startsWith(`| \`${start}\` |`));
  t.match(
    row('upstream.timeouts.keepAlive'),
    /^\| `upstream.timeouts.keepAlive` \| text \| `4s` \| .* \| a reload \|$/,
  );
  t.match(row('listen[].address'), /^\| `listen\[\].address` \| text \| required \| .* \| a restart \|$/);
  t.match(row('keys.ID.format'), /^\| `keys.ID.format` \| `raw`, `base64`, `hex`, `velero` \| {2}\| /);
  t.notOk(
    rows.some((one) => /^\| `.*\| {2}\| [^|]*\|$/.test(one)),
    'every field says what it does',
  );
  t.end();
});

t.test('the metrics have their labels, and providers a line each', (t) => {
  t.match(renderMetrics(), /\| `ssec_proxy_requests_total` \| counter \| `op`, `status` \| \w/);
  t.match(
    renderMetrics(),
    /\| `ssec_proxy_request_duration_seconds` \| histogram \| `class`, `outcome` \| \w/,
  );
  const rows = renderProviders(new Set(['ceph'])).split('\n');
  t.equal(rows.length, PROVIDER_NAMES.length + 2);
  t.ok(rows.some((row) => row.startsWith('| [`ceph`](ceph.md) |')));
  t.ok(rows.some((row) => row.startsWith('| `minio` |')));
  t.end();
});

t.test('only what is between the marks is replaced', (t) => {
  const render = { one: () => '1', two: (argument: string) => `2 ${argument}` };
  const page =
    'a\n<!-- generated:one -->\nold\n<!-- /generated -->\nb\n<!-- generated:two x -->\n<!-- /generated -->\nz\n';
  const filled =
    'a\n<!-- generated:one -->\n1\n<!-- /generated -->\nb\n<!-- generated:two x -->\n2 x\n<!-- /generated -->\nz\n';
  t.equal(fill(page, render), filled);
  t.equal(fill(filled, render), filled);
  t.equal(fill('no marks\n', render), 'no marks\n');
  t.throws(() => fill('<!-- generated:three -->\n<!-- /generated -->', render), /nothing generates "three"/);
  t.throws(() => fill('<!-- generated:one -->\n', render), /has no/);
  t.throws(
    () => fill('<!-- generated:one -->\n<!-- generated:two -->\n<!-- /generated -->\n', render),
    /has no/,
  );
  t.end();
});
