import { readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { PACKAGES } from '../../scripts/image/debian.ts';
import { NODE } from '../../scripts/image/node.ts';
import { PROGRAM } from '../../scripts/image/own-files.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { IMAGE } from '../bench/stand/image.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8');

const instructions = read('Dockerfile')
  .split('\n')
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const all = (wanted: string) => instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);

const list = (text: string | undefined): string[] => z.array(z.string()).parse(JSON.parse(text ?? '[]'));

t.test('the image is made of what `npm run image` makes, and nothing runs while it is built', (t) => {
  t.strictSame(all('FROM'), ['scratch']);
  t.strictSame(all('RUN'), []);
  const made = 'build/image/';
  t.strictSame(all('COPY'), [
    `${made}\${TARGETARCH}/debian/ /`,
    `${made}\${TARGETARCH}/node/ /`,
    `${made}app/ /app/`,
  ]);
  const script = read('scripts/image.ts');
  for (const name of ["'build/image'", "'debian'", "'node'", "'app'"]) t.ok(script.includes(name), name);
  t.end();
});

t.test('the ignore file lets through what the Dockerfile copies, and nothing else', (t) => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  t.strictSame(lines, ['*', '!build/image']);
  t.end();
});

t.test('the program that is copied is what the package of npm has, without its docs', (t) => {
  const { files } = z.looseObject({ files: z.array(z.string()) }).parse(JSON.parse(read('package.json')));
  for (const name of PROGRAM.filter((one) => one !== 'package.json')) t.ok(files.includes(name), name);
  t.ok(PROGRAM.includes('dist'));
  t.end();
});

t.test('the health check asks by the config that the image serves', (t) => {
  const [check = ''] = all('HEALTHCHECK');
  const [node, main, ...args] = list(check.slice(check.indexOf('[')));
  const [ownNode, ...own] = list(all('ENTRYPOINT')[0]);
  t.strictSame([node, main], [ownNode, own.at(-1)]);
  const [, config] = list(all('CMD')[0]);
  t.strictSame(args, ['healthcheck', config]);
  t.ok(COMMANDS.some(({ name }) => name === 'healthcheck'));
  t.end();
});

t.test('its labels have the version of the package', (t) => {
  const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(read('package.json')));
  t.ok(all('LABEL').includes(`org.opencontainers.image.version="${version}"`));
  t.end();
});

t.test('a signal opens no debugger in the image', (t) => {
  const [node, ...flags] = list(all('ENTRYPOINT')[0]);
  t.equal(node, '/usr/local/bin/node');
  t.ok(flags.indexOf('--disable-sigusr1') < flags.indexOf('/app/dist/main.js'));
  t.ok(flags.includes('--disable-sigusr1'));
  t.end();
});

t.test('what is measured, and the first line of the command, start Node.js as the image does', (t) => {
  t.strictSame(list(all('ENTRYPOINT')[0]), ['/usr/local/bin/node', ...IMAGE.flags, '/app/dist/main.js']);
  const env = Object.entries(IMAGE.env).map(([name, value]) => `${name}=${value}`);
  t.strictSame(env.toSorted(), all('ENV').toSorted());
  // Node.js of every age reads that line, and has to know the flags.
  const known = IMAGE.flags.filter((flag) => flag !== '--disable-sigusr1');
  t.equal(read('src/main.ts').split('\n')[0], `#!/usr/bin/env -S node ${known.join(' ')}`);
  t.end();
});

t.test('the image has the allocator that it preloads', (t) => {
  t.ok(all('ENV').includes('LD_PRELOAD=libjemalloc.so.2'));
  const keep = PACKAGES.libjemalloc2;
  t.ok(keep?.test('usr/lib/x86_64-linux-gnu/libjemalloc.so.2'));
  t.end();
});

t.test('of Debian’s packages only libraries and data are kept, and no program', (t) => {
  const programs = [
    'usr/bin/sh',
    'bin/bash',
    'sbin/ldconfig',
    'usr/sbin/update-ca-certificates',
    'usr/lib/x86_64-linux-gnu/gconv/UTF-16.so',
    'usr/share/gcc/python/libstdcxx/v6/printers.py',
    'etc/update-motd.d/10-uname',
  ];
  for (const [name, keep] of Object.entries(PACKAGES))
    for (const path of programs) t.notOk(keep.test(path), `${name}: ${path}`);
  t.end();
});

t.test('the image runs the Node.js that the tests run on, as a user by number', (t) => {
  const { packages } = z
    .looseObject({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
    .parse(JSON.parse(read('package-lock.json')));
  t.equal(packages['node_modules/node']?.version, NODE.version);
  t.strictSame(all('USER'), ['10001:10001']);
  t.end();
});
