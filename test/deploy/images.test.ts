import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allPages } from '../../scripts/docs/pages.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const examples = globSync('deploy/examples/**/*.yaml', { cwd: ROOT }).map((path) => ({
  path,
  text: read(path),
}));
const pages = [...allPages(), { path: 'deploy/chart/README.md', text: read('deploy/chart/README.md') }];

interface Command {
  readonly path: string;
  readonly line: string;
}

/** The lines that readers paste: of shell blocks, and of the first lines of an example. */
const COMMANDS: readonly Command[] = [
  ...pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
      linesOf(path, block),
    ),
  ),
  ...examples.flatMap(({ path, text }) => linesOf(path, text.replaceAll(/^(?!# {3}).*$/gm, ''))),
];

function linesOf(path: string, block: string): readonly Command[] {
  const lines = block.replaceAll(/ \\\n#? +/g, ' ').split('\n');
  return lines.map((line) => ({ path, line: line.replace(/^(?:# {3}|\$ )/, '') }));
}

const OURS = /^image: ssec-proxy:/m;
const withImage = examples.filter(({ text }) => /^\s+image: ssec-proxy:/m.test(text));

t.test('every helm command says in which registry the image is', (t) => {
  const helm = COMMANDS.filter(({ line }) => /\bhelm (?:install|upgrade) .*deploy\/chart\b/.test(line));
  t.ok(helm.length >= 7, `${helm.length} commands`);
  for (const { path, line } of helm)
    t.match(line, /--set image\.repository=registry\.example\.com\/ssec-proxy|--reuse-values/, path);
  t.end();
});

t.test('no command applies an example with an image that no registry has', (t) => {
  t.ok(withImage.length >= 4);
  const applied = COMMANDS.filter(({ line }) => line.includes('kubectl apply'));
  for (const { path, line } of applied)
    for (const example of withImage) t.notMatch(line, `apply -f ${example.path}`, path);
  const piped = applied.filter(({ line }) => line.startsWith('sed '));
  t.strictSame(
    piped.map(({ line }) => /deploy\/examples\/[\w/]+\.yaml/.exec(line)?.[0]),
    ['deploy/examples/service.yaml', 'deploy/examples/verify.yaml'],
  );
  for (const { line } of piped) {
    const [script = ''] = line.split(' | kubectl');
    const { stdout } = spawnSync('bash', ['--norc', '-c', script], { cwd: ROOT, encoding: 'utf8' });
    t.match(stdout, /^\s+image: registry\.example\.com\/ssec-proxy:/m);
    t.notMatch(stdout.replaceAll(/^\s+/gm, ''), OURS);
  }
  t.end();
});

t.test('where an image of ours is named, the reader is told how it is made', (t) => {
  const files = COMMANDS.filter(({ line }) => line.includes('registry.example.com/ssec-proxy')).map(
    ({ path }) => path,
  );
  const paths = new Set([...files, ...withImage.map(({ path }) => path)]);
  t.ok(paths.size >= 9, [...paths].join());
  for (const path of paths)
    if (path !== 'docs/operate/image.md')
      t.match(read(path), /operate\/image\.md|install\.md#container/, path);
  t.end();
});
