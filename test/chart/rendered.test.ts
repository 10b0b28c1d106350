import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { CHART, caseNames, MINIMAL, type Rendered, render, run, valuesOf } from './helm.ts';

const SNAPSHOTS = join(import.meta.dirname, 'rendered');
/** `WRITE=1 npm run test:chart` after a change that is meant; read what git says has changed. */
const WRITE = process.env.WRITE === '1';

const nameOf = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.name}`;
const minimal = render(['-f', MINIMAL]);

/** Objects that are not as in the minimal case, and the names of those that are gone. */
function snapshotOf(objects: readonly Rendered[]): string {
  const usual = new Map(minimal.map((object) => [nameOf(object), object.text]));
  const other = objects.filter((object) => usual.get(nameOf(object)) !== object.text);
  const names = new Set(objects.map(nameOf));
  const gone = minimal.map(nameOf).filter((name) => !names.has(name));
  const head = gone.map((name) => `# no ${name}\n`).join('');
  return `${head}${other.map(({ text }) => `---\n${text}\n`).join('')}`;
}

function compare(t: Test, name: string, text: string): void {
  const file = join(SNAPSHOTS, `${name}.yaml`);
  if (WRITE) writeFileSync(file, text);
  t.equal(text, existsSync(file) ? readFileSync(file, 'utf8') : '', name);
}

t.test('the chart makes of each case what it made before', (t) => {
  for (const name of caseNames()) {
    const objects = render(valuesOf(name));
    const text =
      name === 'minimal' ? objects.map((one) => `---\n${one.text}\n`).join('') : snapshotOf(objects);
    compare(t, name, text);
  }
  t.end();
});

t.test('helm lint has nothing against the chart, with the values of any case', (t) => {
  for (const name of caseNames()) {
    const { status, stdout, stderr } = run('helm', ['lint', '--strict', CHART, ...valuesOf(name)]);
    t.equal(status, 0, `${name}: ${stdout}${stderr}`);
  }
  t.end();
});

t.test('the table of values in the README is that of values.yaml', (t) => {
  const { status, stdout, stderr } = run('helm-docs', ['--chart-search-root', CHART, '--dry-run']);
  t.equal(status, 0, stderr);
  const readme = join(CHART, 'README.md');
  if (WRITE) writeFileSync(readme, stdout);
  t.equal(stdout, readFileSync(readme, 'utf8'), 'WRITE=1 npm run test:chart writes it');
  t.end();
});
