import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

t.test('the chart has the version of the program', (t) => {
  const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(read('package.json')));
  t.match(parse(read('deploy/chart/Chart.yaml')), { version, appVersion: version });
  t.end();
});

t.test('the schema of the values takes no secret as a text, and every access key id', (t) => {
  const texts: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { anyOf } = node as { anyOf?: readonly { type?: string; properties?: object }[] };
    const named = anyOf?.some(({ properties = {} }) => 'env' in properties) ?? false;
    if (named && anyOf?.some(({ type }) => type === 'string')) texts.push(path);
    for (const [name, child] of Object.entries(node)) visit(child, `${path}.${name}`);
  };
  visit(JSON.parse(read('deploy/chart/values.schema.json')), '');
  t.ok(texts.length >= 4);
  t.strictSame(
    texts.filter((path) => !path.endsWith('.accessKeyId')),
    [],
  );
  t.end();
});
