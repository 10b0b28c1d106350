import { matchesGlob } from 'node:path';
import { circlesOf } from './circles.ts';
import type { RoomMap } from './map.ts';
import type { Module, Tree } from './read.ts';
import { isIn, roomOf } from './room-of.ts';

/** What is wrong with a tree, by its map. Each complaint says what, where, and which rule it is. */
export function judge(tree: Tree, map: RoomMap): readonly string[] {
  const complaints = RULES.flatMap((rule) => rule(tree, map));
  const isKnown = (complaint: string): boolean => map.exceptions.some((each) => complaint.startsWith(each));
  const past = map.exceptions.filter((each) => !complaints.some((complaint) => complaint.startsWith(each)));
  return [
    ...complaints.filter((complaint) => !isKnown(complaint)),
    ...past.map((each) => `exception: no complaint begins with "${each}" any more; take it out of the map`),
  ];
}

type Rule = (tree: Tree, map: RoomMap) => readonly string[];

const RULES: readonly Rule[] = [
  unread,
  unknownImports,
  loaders,
  noRoom,
  emptyRooms,
  circles,
  arrows,
  leaves,
  doors,
  packages,
];

/** A reader that has skipped a file knows nothing of it. */
function unread({ files, modules }: Tree): readonly string[] {
  const read = new Set(modules.map(({ file }) => file));
  const missing = files.filter((file) => !read.has(file));
  if (files.length === 0) return ['unread: the tree has no files'];
  return missing.map((file) => `unread: ${file} is not a TypeScript module that can be read`);
}

function unknownImports({ modules }: Tree): readonly string[] {
  return modules.flatMap(({ file, unknown }) => unknown.map((what) => `unknown: ${file} imports ${what}`));
}

/** It runs the one word `gc` in a context of its own: nothing else gives that without a flag that slows the start. */
const MAY_LOAD = { file: 'garbage.ts', what: 'node:vm' };

/** What is loaded by them, no reader of imports sees. */
function loaders({ modules }: Tree): readonly string[] {
  return modules.flatMap(({ file, forbidden }) =>
    forbidden
      .filter((what) => file !== MAY_LOAD.file || what !== MAY_LOAD.what)
      .map((what) => `loader: ${file} uses ${what}; import what it needs`),
  );
}

function noRoom({ files }: Tree, { layers }: RoomMap): readonly string[] {
  const rooms = layers.flat();
  return files
    .filter((file) => roomOf(file, rooms) === undefined)
    .map((file) => `no room: ${file} is in no room of the map`);
}

function emptyRooms({ files }: Tree, { layers }: RoomMap): readonly string[] {
  const rooms = layers.flat();
  const used = new Set(files.map((file) => roomOf(file, rooms)));
  return rooms.filter((room) => !used.has(room)).map((room) => `empty room: ${room} has no files`);
}

function circles({ modules }: Tree): readonly string[] {
  const graph = new Map(modules.map(({ file, files }) => [file, files]));
  return circlesOf(graph).map(({ size, walk }) => {
    const among = size === walk.length - 1 ? '' : ` (a shortest one of those among ${size} files)`;
    return `circle: ${walk.join(' → ')}${among}`;
  });
}

function arrows({ modules }: Tree, { layers }: RoomMap): readonly string[] {
  const rooms = layers.flat();
  const layerOf = new Map(layers.flatMap((layer, index) => layer.map((room) => [room, index] as const)));
  return eachArrow(modules, (file, target) => {
    const [from, to] = [roomOf(file, rooms), roomOf(target, rooms)];
    if (from === undefined || to === undefined || from === to) return [];
    const steps = (layerOf.get(to) ?? 0) - (layerOf.get(from) ?? 0);
    if (steps < 0) return [];
    const how =
      steps === 0
        ? `sideways: ${file} → ${target}: ${to} is beside`
        : `upwards: ${file} → ${target}: ${to} is above`;
    return [`${how} ${from}`];
  });
}

function leaves({ modules }: Tree, { leaves: { rooms, without } }: RoomMap): readonly string[] {
  return eachArrow(modules, (file, target) => {
    const leaf = rooms.find((room) => isIn(file, room));
    const other = without.find((room) => isIn(target, room));
    if (leaf === undefined || other === undefined) return [];
    return [`leaf: ${file} → ${target}: ${leaf} is a leaf, which imports nothing of ${other}`];
  });
}

function doors({ modules }: Tree, map: RoomMap): readonly string[] {
  return eachArrow(modules, (file, target) =>
    Object.entries(map.doors)
      .filter(([room, from]) => isIn(target, room) && !isIn(file, room) && !isAmong(file, from))
      .map(([room, from]) => `door: ${file} → ${target}: ${room} is imported by ${from.join(', ')} alone`),
  );
}

function packages({ modules }: Tree, map: RoomMap): readonly string[] {
  return modules.flatMap((module) =>
    module.packages.flatMap((name) => {
      const from = Object.hasOwn(map.packages, name) ? map.packages[name] : undefined;
      if (!from) return [`package: ${module.file} imports ${name}, which the map does not name`];
      if (isAmong(module.file, from)) return [];
      return [`package: ${module.file} imports ${name}, which is imported by ${from.join(', ')} alone`];
    }),
  );
}

function eachArrow(
  modules: readonly Module[],
  judgeOne: (file: string, target: string) => readonly string[],
): readonly string[] {
  return modules.flatMap(({ file, files }) => files.flatMap((target) => judgeOne(file, target)));
}

function isAmong(file: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(file, glob));
}
