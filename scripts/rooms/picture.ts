import type { RoomMap } from './map.ts';
import type { Tree } from './read.ts';
import { roomOf } from './room-of.ts';

/**
 * The map as text, the top layer first: each room with its number of files, and the rooms that it imports. The ground
 * is imported from everywhere and is left out of the arrows.
 */
export function drawRooms(tree: Tree, { layers }: RoomMap): string {
  const rooms = layers.flat();
  const filled = new Map(rooms.map((room) => [room, { files: 0, imports: new Set<string>() }]));
  for (const file of tree.files) {
    const room = filled.get(roomOf(file, rooms) ?? '');
    if (room) room.files += 1;
  }
  for (const { file, files } of tree.modules) {
    const own = roomOf(file, rooms) ?? '';
    for (const other of files.map((target) => roomOf(target, rooms)))
      if (other !== undefined && other !== own) filled.get(own)?.imports.add(other);
  }
  const width = Math.max(...rooms.map((room) => nameOf(room).length));
  const lineOf = (room: string): string[] => {
    const { files, imports } = filled.get(room) ?? { files: 0, imports: new Set<string>() };
    if (files === 0) return [];
    const others = rooms.filter((other) => imports.has(other) && !layers[0]?.includes(other)).toReversed();
    const arrows = others.length === 0 ? '' : ` → ${others.map(nameOf).join(', ')}`;
    return [`${nameOf(room).padEnd(width)} ${String(files).padStart(3)}${arrows}`];
  };
  const floors = layers.map((layer) => layer.flatMap(lineOf)).filter((floor) => floor.length > 0);
  const arrows = [...filled.values()].reduce((sum, { imports }) => sum + imports.size, 0);
  const used = floors.flat().length;
  const total = `${tree.files.length} files in ${used} rooms on ${floors.length} floors, ${arrows} arrows between rooms`;
  return [...floors.toReversed().map((floor) => floor.join('\n')), total].join('\n\n');
}

function nameOf(room: string): string {
  return room === '*' ? 'src/*.ts' : room;
}
