import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { judge } from '../../scripts/rooms/judge.ts';
import { MAP, type RoomMap } from '../../scripts/rooms/map.ts';
import { drawRooms } from '../../scripts/rooms/picture.ts';
import { readTree, type Tree } from '../../scripts/rooms/read.ts';
import { readSource, replacePicture } from '../../scripts/rooms.ts';

const SMALL: RoomMap = {
  layers: [['*'], ['leaf', 'beside'], ['middle', 'middle/deep'], ['top'], ['top.ts', 'main.ts']],
  leaves: { rooms: ['leaf'], without: ['top'] },
  doors: { middle: ['top/way-*.ts'] },
  packages: { aws4: ['leaf/sign.ts'] },
  exceptions: [],
};

/** A tree that the small map has nothing against. */
const SOUND: Readonly<Record<string, string>> = {
  'log.ts': "import { join } from 'node:path'; export const log = join;",
  'leaf/a.ts': "import { log } from '../log.ts'; export const a = log;",
  'leaf/b.ts': "import { a } from './a.ts'; export const b = a; export type B = string;",
  'leaf/sign.ts': "import aws4 from 'aws4'; export const sign = aws4;",
  'beside/a.ts': 'export {};',
  'middle/a.ts': "import { b } from '../leaf/b.ts'; export const a = b;",
  'middle/deep/a.ts': 'export {};',
  'top/a.ts': 'export {};',
  'top/way-in.ts': "export { a } from '../middle/a.ts';",
  'top.ts': "export * from './top/a.ts';",
  'main.ts': "export const main = async () => await import('./top/a.ts');",
};

/** One per rule, each by a wrong import: the files, and what is said of them. */
const WRONG: readonly {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly says: readonly string[];
}[] = [
  {
    name: 'a circle of values',
    files: { 'leaf/a.ts': "import { b } from './b.ts'; export const a = () => b;" },
    says: ['circle: leaf/a.ts → leaf/b.ts → leaf/a.ts'],
  },
  {
    name: 'a circle of types',
    files: { 'leaf/a.ts': "import type { B } from './b.ts'; export const a: B = '';" },
    says: ['circle: leaf/a.ts → leaf/b.ts → leaf/a.ts'],
  },
  {
    name: 'a circle of a type among values',
    files: { 'leaf/a.ts': "import { type B } from './b.ts'; export const a: B = '';" },
    says: ['circle: leaf/a.ts → leaf/b.ts → leaf/a.ts'],
  },
  {
    name: 'a circle through a type that is imported where it stands',
    files: { 'leaf/a.ts': "export const a: import('./b.ts').B = '';" },
    says: ['circle: leaf/a.ts → leaf/b.ts → leaf/a.ts'],
  },
  {
    name: 'a circle of three, shown by a shortest way round',
    files: {
      'leaf/a.ts': "import './c.ts'; export const a = 1;",
      'leaf/c.ts': "import './b.ts'; import './d.ts'; export {};",
      'leaf/d.ts': "import './a.ts'; import './b.ts'; export {};",
    },
    says: ['circle: leaf/a.ts → leaf/c.ts → leaf/b.ts → leaf/a.ts (a shortest one of those among 4 files)'],
  },
  {
    name: 'a file that imports itself',
    files: { 'leaf/a.ts': "import * as a from './a.ts'; export const b = a;" },
    says: ['circle: leaf/a.ts → leaf/a.ts'],
  },
  {
    name: 'an import upwards',
    files: { 'beside/a.ts': "import '../top/a.ts';" },
    says: ['upwards: beside/a.ts → top/a.ts: top is above beside'],
  },
  {
    name: 'an import upwards from the ground',
    files: { 'log.ts': "import './leaf/a.ts';", 'leaf/a.ts': 'export const a = 1;' },
    says: ['upwards: log.ts → leaf/a.ts: leaf is above *'],
  },
  {
    name: 'an import upwards out of a folder that is a room within another one',
    files: { 'middle/deep/a.ts': "import '../../top/a.ts';" },
    says: ['upwards: middle/deep/a.ts → top/a.ts: top is above middle/deep'],
  },
  {
    name: 'an import of a room beside',
    files: { 'beside/a.ts': "import '../leaf/a.ts';" },
    says: ['sideways: beside/a.ts → leaf/a.ts: leaf is beside beside'],
  },
  {
    name: 'a leaf that imports what it is to be complete without',
    files: { 'leaf/a.ts': "import '../top/a.ts'; export const a = 1;" },
    says: [
      'upwards: leaf/a.ts → top/a.ts: top is above leaf',
      'leaf: leaf/a.ts → top/a.ts: leaf is a leaf, which imports nothing of top',
    ],
  },
  {
    name: 'a room that is entered by another door',
    files: { 'top/a.ts': "import '../middle/a.ts';" },
    says: ['door: top/a.ts → middle/a.ts: middle is imported by top/way-*.ts alone'],
  },
  {
    name: 'a package from a second file',
    files: { 'leaf/a.ts': "import aws4 from 'aws4'; export const a = aws4;" },
    says: ['package: leaf/a.ts imports aws4, which is imported by leaf/sign.ts alone'],
  },
  {
    name: 'a type of a package, from a file within it',
    files: { 'leaf/a.ts': "import type { X } from 'aws4/lib/x.js'; export const a = 1 as X;" },
    says: ['package: leaf/a.ts imports aws4, which is imported by leaf/sign.ts alone'],
  },
  {
    name: 'a package that is required',
    files: { 'leaf/a.ts': "export const a = require('aws4');" },
    says: ['package: leaf/a.ts imports aws4, which is imported by leaf/sign.ts alone'],
  },
  {
    name: 'a package that nobody has named',
    files: { 'leaf/a.ts': "export const a = import('@left/pad/x');" },
    says: ['package: leaf/a.ts imports @left/pad, which the map does not name'],
  },
  {
    name: 'a package that is named like what every object has',
    files: { 'leaf/a.ts': "export const a = import('constructor');" },
    says: ['package: leaf/a.ts imports constructor, which the map does not name'],
  },
  ...[
    ['a re-export', "export { a } from '../top/a.ts';"],
    ['a re-export of everything', "export * from '../top/a.ts';"],
    ['a re-export of a type', "export type { a } from '../top/a.ts';"],
    ['a dynamic import', "export const a = () => import('../top/a.ts');"],
    ['a dynamic import by a template', 'export const a = () => import(`../top/a.ts`);'],
    [
      'a thread',
      "import { Worker } from 'node:worker_threads'; new Worker(new URL('../top/a.ts', import.meta.url));",
    ],
    ['a path that is resolved', "export const a = import.meta.resolve('../top/a.ts');"],
  ].map(([name = '', text = '']) => ({
    name: `${name}, upwards`,
    files: { 'beside/a.ts': text },
    says: ['upwards: beside/a.ts → top/a.ts: top is above beside'],
  })),
  ...[
    [
      'createRequire',
      "const load = createRequire(import.meta.url); export const a = load('http-proxy');",
      'createRequire',
    ],
    [
      'createRequire under another name',
      "import { createRequire as make } from 'node:module'; export const a = make;",
      'createRequire',
      'node:module',
    ],
    ['all of node:module', "import * as m from 'module'; export const a = m;", 'node:module'],
    [
      'getBuiltinModule',
      "export const a = process.getBuiltinModule('module').createRequire('/')('aws4');",
      'getBuiltinModule',
      'createRequire',
    ],
    ['getBuiltinModule by a text', "export const a = process['getBuiltinModule'];", 'getBuiltinModule'],
    ['getBuiltinModule, taken apart', 'export const { getBuiltinModule: a } = process;', 'getBuiltinModule'],
    [
      'module.require',
      "export const a = module.require('http-proxy');",
      'require that is not called by its name',
    ],
    ['require under another name', 'export const a = require;', 'require that is not called by its name'],
    ['eval', "export const a = eval('1');", 'eval'],
    ['eval at a distance', "export const a = (0, globalThis.eval)('1');", 'eval'],
    ['new Function', "export const a = new Function('1');", 'new Function(…)'],
    ['Function without new', "export const a = Function('1');", 'Function(…)'],
    ['the global Function', "export const a = globalThis.Function('1');", 'globalThis.Function'],
    ['a timer of a text', "export const a = setTimeout('1', 1);", 'setTimeout of a text'],
    [
      'a virtual machine',
      "import { runInThisContext } from 'node:vm'; export const a = runInThisContext;",
      'node:vm',
    ],
    ['a reference to a path', '/// <reference path="../top/a.ts" />\nexport {};', 'a reference comment'],
    ['a reference to types', '/// <reference types="node" />\nexport {};', 'a reference comment'],
  ].map(([name = '', text = '', ...uses]) => ({
    name: `a loader that no reader of imports sees: ${name}`,
    files: { 'beside/a.ts': text },
    says: uses.map((what) => `loader: beside/a.ts uses ${what}; import what it needs`),
  })),
  {
    name: 'an import of a computed name',
    files: { 'beside/a.ts': "export const a = (name: string) => import('../top/' + name);" },
    says: ['unknown: beside/a.ts imports a computed name'],
  },
  {
    name: 'an import that leads out of the tree',
    files: { 'beside/a.ts': "import '../../test/support.ts';" },
    says: ['unknown: beside/a.ts imports ../../test/support.ts, which is not in the tree'],
  },
  {
    name: 'a file in no room',
    files: { 'new/a.ts': 'export {};' },
    says: ['no room: new/a.ts is in no room of the map'],
  },
  {
    name: 'a file that has an ending which is not read',
    files: { 'leaf/c.mts': 'export {};' },
    says: ['unread: leaf/c.mts is not a TypeScript module that can be read'],
  },
  {
    name: 'a file that can not be parsed',
    files: { 'leaf/c.ts': "import { a from './a.ts';" },
    says: ['unread: leaf/c.ts is not a TypeScript module that can be read'],
  },
  {
    name: 'a file in which the parser finds neither import nor export',
    files: { 'leaf/c.ts': 'console.log(1);' },
    says: ['unread: leaf/c.ts is not a TypeScript module that can be read'],
  },
];

t.test('has nothing against imports downwards, by a door, or of a named package', async (t) => {
  t.strictSame(judge(treeOf(t, {}), SMALL), []);
});

for (const { name, files, says } of WRONG)
  t.test(`refuses ${name}`, async (t) => {
    t.strictSame(judge(treeOf(t, files), SMALL).toSorted(), says.toSorted());
  });

t.test('refuses a tree without files', async (t) => {
  const complaints = judge(readTree(t.testdir({})), { ...SMALL, layers: [] });
  t.strictSame(complaints, ['unread: the tree has no files']);
});

t.test('refuses a room without files', async (t) => {
  const complaints = judge(treeOf(t, {}), { ...SMALL, layers: [...SMALL.layers, ['gone']] });
  t.strictSame(complaints, ['empty room: gone has no files']);
});

t.test('lets an exception pass, and refuses one that is past', async (t) => {
  const tree = treeOf(t, { 'beside/a.ts': "import '../leaf/a.ts';" });
  const exceptions = ['sideways: beside/', 'circle: '];
  t.strictSame(judge(tree, { ...SMALL, exceptions }), [
    'exception: no complaint begins with "circle: " any more; take it out of the map',
  ]);
});

t.test('draws the rooms with their files and arrows', async (t) => {
  t.equal(
    drawRooms(treeOf(t, {}), SMALL),
    `top.ts        1 → top
main.ts       1 → top

top           2 → middle

middle        1 → leaf
middle/deep   1

leaf          3
beside        1

src/*.ts      1

11 files in 8 rooms on 5 floors, 5 arrows between rooms`,
  );
});

/** The wrong imports that the real map is there against, each laid into the real tree. */
const REAL_WRONG: Readonly<Record<string, readonly [file: string, imports: string, says: string]>> = {
  'a leaf that imports the proxy': ['s3/wrong.ts', 'proxy/handle.ts', 'leaf: s3/wrong.ts → proxy/handle.ts'],
  'an arrow upwards': ['keys/wrong.ts', 'snapshot/build.ts', 'upwards: keys/wrong.ts → snapshot/build.ts'],
  'an arrow sideways': ['s3/wrong.ts', 'keys/ring.ts', 'sideways: s3/wrong.ts → keys/ring.ts'],
  'the sandbox from serve': ['cli/wrong.ts', 'sandbox/sandbox.ts', 'door: cli/wrong.ts → sandbox/sandbox.ts'],
  'http-proxy from a second file': ['upstream/wrong.ts', 'http-proxy', 'package: upstream/wrong.ts imports'],
  'aws4 from a second file': ['sigv4/wrong.ts', 'aws4', 'package: sigv4/wrong.ts imports aws4'],
};

t.test('src/ imports as the map says', async (t) => {
  t.strictSame(judge(readSource(), MAP), []);
});

t.test('ARCHITECTURE.md shows the picture of today', async (t) => {
  const text = readFileSync(join(import.meta.dirname, '../../ARCHITECTURE.md'), 'utf8');
  t.equal(replacePicture(text, readSource()), text);
  t.throws(() => replacePicture('no marks', readSource()), { message: /has no <!-- rooms:begin -->/ });
});

t.test('the map of src/ refuses', async (t) => {
  const tree = readSource();
  for (const [name, [file, imports, says]] of Object.entries(REAL_WRONG)) {
    const isFile = imports.includes('/');
    if (isFile && !t.ok(tree.files.includes(imports), `${imports} is there`)) continue;
    const wrong = {
      file,
      files: isFile ? [imports] : [],
      packages: isFile ? [] : [imports],
      unknown: [],
      forbidden: [],
    };
    const complaints = judge({ files: [...tree.files, file], modules: [...tree.modules, wrong] }, MAP);
    t.ok(
      complaints.some((complaint) => complaint.startsWith(says)),
      name,
      { complaints },
    );
  }
});

/** The sound tree with some files put in or written over. */
function treeOf(t: Test, changed: Readonly<Record<string, string>>): Tree {
  return readTree(t.testdir(nest({ ...SOUND, ...changed })));
}

type Folder = { [name: string]: string | Folder };

/** Paths as the folders in folders that `testdir` wants. */
function nest(files: Readonly<Record<string, string>>): Folder {
  const root: Folder = {};
  for (const [path, text] of Object.entries(files)) {
    let folder = root;
    const parents = dirname(path) === '.' ? [] : dirname(path).split('/');
    for (const name of parents) {
      folder[name] ??= {};
      folder = folder[name] as Folder;
    }
    folder[path.slice(path.lastIndexOf('/') + 1)] = text;
  }
  return root;
}
