/** The room of a file: the longest of `rooms` that it is, or is in. */
export function roomOf(file: string, rooms: readonly string[]): string | undefined {
  return rooms.filter((room) => isIn(file, room)).toSorted((a, b) => b.length - a.length)[0];
}

/** Is a file, or a room, the room or in it? `a/*` has the files of a folder, without those of the folders in it. */
export function isIn(path: string, room: string): boolean {
  if (!room.endsWith('*')) return path === room || path.startsWith(`${room}/`);
  const folder = room.slice(0, -1);
  return path.startsWith(folder) && !path.slice(folder.length).includes('/');
}
