import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { IMAGE } from '../bench/stand/image.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8');

const instructions = read('Dockerfile')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const all = (wanted: string) => instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);

/** Sources that come from the build context; `--from` ones come from another stage. */
const copied = all('COPY')
  .filter((rest) => !rest.startsWith('--from'))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

t.test('what the Dockerfile copies exists', (t) => {
  t.ok(copied.length > 0);
  for (const source of copied) t.ok(existsSync(new URL(source, ROOT)), source);
  t.end();
});

t.test('the ignore file lets through what the Dockerfile copies, and nothing else', (t) => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  t.equal(lines[0], '*');
  t.strictSame(lines.slice(1).toSorted(), [...new Set(copied)].map((source) => `!${source}`).toSorted());
  t.end();
});

t.test('the scripts that the Dockerfile runs are in package.json', (t) => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  const run = all('RUN').flatMap((rest) => [...rest.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name));
  t.ok(run.length > 0);
  for (const name of run) t.ok(Object.hasOwn(scripts, name), name);
  t.end();
});

t.test('a signal opens no debugger in the image', (t) => {
  const [entry = '[]'] = all('ENTRYPOINT');
  const [node, ...flags] = z.array(z.string()).parse(JSON.parse(entry));
  t.equal(node, 'node');
  t.ok(flags.indexOf('--disable-sigusr1') < flags.indexOf('/app/dist/main.js'));
  t.ok(flags.includes('--disable-sigusr1'));
  t.end();
});

t.test('what is measured, and the first line of the command, start Node.js as the image does', (t) => {
  const [entry = '[]'] = all('ENTRYPOINT');
  t.strictSame(z.array(z.string()).parse(JSON.parse(entry)), ['node', ...IMAGE.flags, '/app/dist/main.js']);
  const env = Object.entries(IMAGE.env).map(([name, value]) => `${name}=${value}`);
  t.strictSame(env.toSorted(), all('ENV').toSorted());
  // Node.js of every age reads that line, and has to know the flags.
  const known = IMAGE.flags.filter((flag) => flag !== '--disable-sigusr1');
  t.equal(read('src/main.ts').split('\n')[0], `#!/usr/bin/env -S node ${known.join(' ')}`);
  t.end();
});

t.test('the image has the allocator that it preloads, and before it gives up root', (t) => {
  const [library = ''] = all('ENV').flatMap((rest) =>
    [...rest.matchAll(/^LD_PRELOAD=(\S+)$/g)].map(([, name]) => name),
  );
  t.equal(library, 'libjemalloc.so.2');
  const names = instructions.map(({ name }) => name);
  const installed = instructions.findIndex(({ rest }) => /apt-get install .*\blibjemalloc2\b/.test(rest));
  t.ok(installed > names.lastIndexOf('FROM'), 'in the last stage');
  t.ok(installed < names.indexOf('USER'));
  t.end();
});

t.test('the image runs the pinned major of Node, as a user by number', (t) => {
  const { devDependencies } = z
    .looseObject({ devDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));
  const major = /\d+/.exec(devDependencies.node ?? '')?.[0];
  for (const image of all('FROM')) t.match(image, new RegExp(`^node:${major}-slim`));
  t.strictSame(all('USER'), ['10001:10001']);
  t.end();
});
