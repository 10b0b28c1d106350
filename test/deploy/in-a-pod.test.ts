import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allPages } from '../../scripts/docs/pages.ts';
import { readExample } from './manifest.ts';
import { CONFIG_FILE } from './mounted.ts';

const ROOT = join(import.meta.dirname, '../..');
const NEEDS_FILES = /\bssec-proxy (?:check|explain|doctor|verify|recover)\b/;

const pages = allPages().map(({ path, text }) => ({
  path,
  text,
  pasted: [...text.matchAll(/^ *```(?:sh|console)\n([\s\S]*?)^ *```$/gm)]
    .map(([, block = '']) => block)
    .join(''),
}));

/** What the image starts, without the options of Node.js. */
function program(): string {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const entry = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]';
  return (JSON.parse(entry) as string[]).filter((word) => !word.startsWith('--')).join(' ');
}

t.test('a command in a pod is the program of the image, with the config that is mounted there', (t) => {
  const { proxy, objects } = readExample('service.yaml');
  t.equal(proxy.args[1], CONFIG_FILE);
  const deployment = objects.find(({ kind }) => kind === 'Deployment')?.metadata;
  const commands = pages
    .filter(({ pasted }) => pasted.includes('kubectl'))
    .flatMap(({ path, pasted }) => pasted.split('\n').map((line) => ({ path, line })))
    .filter(({ line }) => /kubectl .*\bexec\b/.test(line));
  t.ok(commands.length >= 4);
  const start = `kubectl -n ${String(deployment?.namespace)} exec deploy/${deployment?.name} -- ${program()} `;
  for (const { path, line } of commands) {
    t.ok(line.startsWith(start), `${path}: ${line}`);
    t.match(line.slice(start.length), new RegExp(`^\\w+ ${CONFIG_FILE}\\b`), path);
  }
  t.end();
});

t.test('no page about the cluster has a command that needs files of the pods, to be run elsewhere', (t) => {
  const ofCluster = pages.filter(({ text }) => text.includes('kubectl') && text.includes('deploy/examples/'));
  const guides = ofCluster.filter(({ path }) => path.startsWith('docs/guides/'));
  t.ok(guides.length >= 6, guides.map(({ path }) => path).join());
  for (const { path, pasted } of guides) t.notMatch(pasted, NEEDS_FILES, path);
  t.end();
});

t.test('a guide or a page on operation that has such a command says where it runs in the cluster', (t) => {
  const having = pages.filter(
    ({ path, pasted }) => /^docs\/(?:guides|operate)\//.test(path) && NEEDS_FILES.test(pasted),
  );
  // On a host, the files are beside the command.
  const elsewhere = having.filter(({ path }) => path !== 'docs/guides/restic-rclone.md');
  t.ok(elsewhere.length >= 3, elsewhere.map(({ path }) => path).join());
  for (const { path, text } of elsewhere) t.match(text, 'image.md#commands-in-a-pod', path);
  for (const name of ['check', 'doctor', 'verify', 'troubleshooting'])
    t.match(
      pages.find(({ path }) => path === `docs/guides/${name}.md`)?.text,
      'image.md#commands-in-a-pod',
      name,
    );
  t.end();
});
