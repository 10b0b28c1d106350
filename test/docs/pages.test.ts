import t from 'tap';
import { allPages, type Page, parsePage } from '../../scripts/docs/pages.ts';
import { brokenLinks, missingPaths } from './links.ts';
import { notPlain } from './vue.ts';

const pages = allPages();
const bad = (text: string, path = 'docs/bad.md'): Page => parsePage(path, text);

/** What a block of code may say that it is. */
const LANGUAGES = /^(?:sh|console|yaml .*|json|text|python|js|go|java|promql|ini|http)$/;

function wrongBlocks({ path, fences }: Page): readonly string[] {
  const unnamed = fences.filter(({ info }) => !LANGUAGES.test(info));
  const json = fences.filter(({ info, text }) => info === 'json' && !parses(text));
  return [
    ...unnamed.map(({ line, info }) => `${path}:${line}: "${info}" is no language of these docs`),
    ...json.map(({ line }) => `${path}:${line}: is no JSON`),
  ];
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

t.test('the README has at most 200 lines', (t) => {
  const readme = pages.find(({ path }) => path === 'README.md');
  t.ok(readme);
  t.ok((readme?.text.trimEnd().split('\n').length ?? Infinity) <= 200);
  t.end();
});

t.test('there are pages of every kind', (t) => {
  for (const folder of ['start', 'guides', 'stores', 'operate', 'reference', 'internals'])
    t.ok(
      pages.some(({ path }) => path.startsWith(`docs/${folder}/`)),
      folder,
    );
  t.end();
});

t.test('no relative link or anchor of a page is broken', (t) => {
  t.strictSame(
    pages.flatMap((page) => brokenLinks(page)),
    [],
  );
  t.end();
});

t.test('a broken link is found', (t) => {
  const faults = (text: string, path?: string) =>
    brokenLinks(bad(text, path)).map((fault) => fault.split(': ').at(-1));
  t.strictSame(faults('[a](nowhere.md)'), ['there is no such file']);
  t.strictSame(faults('[a](#b)\n\n# a'), ['the page has no such heading']);
  t.strictSame(faults('[a](#a)\n\n# a'), []);
  t.strictSame(faults('[a](#a-1)\n\n# a\n\n# a'), [], 'a second heading of one name');
  t.strictSame(faults('[a](SECURITY.md#nothing)', 'bad.md'), ['the page has no such heading']);
  t.match(faults('[a](#whats-up)\n\n# What’s up')[0], /VitePress makes #what-s-up/);
  t.strictSame(faults('[a](#a-b-c)\n\n# A (b, c)'), []);
  t.match(faults('[a](../README.md)')[0], /leads out of docs/);
  t.match(faults('[a](reference/)')[0], /is a folder/);
  t.match(faults('[a](/docs/index.md)')[0], /is no relative link/);
  t.match(faults('![a](none.png)')[0], /there is no such file/);
  t.strictSame(faults('[a][1]\n\n[1]: nowhere.md'), ['there is no such file'], 'links by reference');
  t.strictSame(faults('`[a](nowhere.md)`\n\n[a](https://example.org/nowhere.md)'), []);
  t.end();
});

t.test('every path of the project that a page names is there', (t) => {
  t.strictSame(
    pages.flatMap((page) => missingPaths(page)),
    [],
  );
  t.end();
});

t.test('a path that is not there is found', (t) => {
  const faults = (text: string) => missingPaths(bad(text));
  t.equal(faults('`src/gone.ts`').length, 1);
  t.equal(faults('`test/gone/*.test.ts`, `src/{gone,s3}/gone.ts`').length, 2);
  t.strictSame(
    faults(
      '`src/main.ts`, `src/s3/`, `src/keys/stores/NAME.ts`, `src/*.ts`, `src/{cli,s3}/`, `tls.crt`, src/gone.ts',
    ),
    [],
  );
  t.end();
});

t.test('no page has what VitePress takes for HTML, interpolation or attributes', (t) => {
  t.strictSame(pages.flatMap(notPlain), []);
  t.end();
});

t.test('HTML, interpolation and attributes are found', (t) => {
  for (const text of ['a <name> b', '<div>\n\na\n\n</div>', '{{ a }}', '# a {#b}', '| a |\n|---|\n| {{b}} |'])
    t.not(notPlain(bad(text)).length, 0, text);
  const fine =
    '`<name>` `{{ a }}` a < b > c <https://example.org>\n\n```text\n<name> {{ a }}\n```\n\n<!-- a -->\n';
  t.strictSame(notPlain(bad(fine)), []);
  t.end();
});

t.test('every block of code says what it is, and JSON parses', (t) => {
  t.strictSame(pages.flatMap(wrongBlocks), []);
  t.end();
});

t.test('a block of code that is not what it says is found', (t) => {
  t.equal(wrongBlocks(bad('```\na\n```')).length, 1);
  t.equal(wrongBlocks(bad('    indented')).length, 1);
  t.equal(wrongBlocks(bad('```bash\na\n```')).length, 1);
  t.equal(wrongBlocks(bad('```json\n{ a: 1 }\n```')).length, 1);
  t.strictSame(wrongBlocks(bad('```json\n{ "a": 1 }\n```')), []);
  t.end();
});
