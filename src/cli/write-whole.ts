import { constants, fstatSync, type Stats } from 'node:fs';
import { copyFile, link, lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Where a path leads. */
export type Destination =
  /** To a file that can be replaced, or to none yet: its path without symbolic links. */
  | { readonly kind: 'file'; readonly path: string }
  /** To a pipe, a device, or this process's own output: what is there can be written to, never replaced. */
  | { readonly kind: 'stream' };

/** A file that is written and on the disk, and not yet in its place. */
export interface Draft {
  /** Puts it there, in the place of what is there, or as a new file. @throws Error with the code EEXIST for a new one */
  readonly place: (as: 'new' | 'replacement') => Promise<void>;
  /** After `place`: puts back what was there before. */
  readonly undo: () => Promise<void>;
  /** Removes what is left of it; to be called in any case. */
  readonly discard: () => Promise<void>;
}

/**
 * Writes a file so that its place holds the old one or the new one, and never a half. A symbolic link stays, and what it
 * leads to is replaced. A pipe or a device is written to.
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const destination = await destinationOf(file);
  if (destination.kind === 'stream') return await writeFile(file, text, { flag: 'a' });
  const draft = await writeDraft(destination.path, text);
  try {
    await draft.place('replacement');
  } finally {
    await draft.discard();
  }
}

/** @throws Error with a code: EISDIR for a folder, ENOENT for a link or a folder that leads nowhere */
export async function destinationOf(file: string): Promise<Destination> {
  const there = await orNone(stat(file));
  if (there?.isDirectory()) throw Object.assign(new Error('a directory'), { code: 'EISDIR' });
  if (there) return isReplaceable(there) ? { kind: 'file', path: await realpath(file) } : { kind: 'stream' };
  const path = join(await realpath(dirname(resolve(file))), file.split('/').at(-1) ?? '');
  // A new file in the place of a link would leave what the link promises unwritten.
  if (await orNone(lstat(path)))
    throw Object.assign(new Error('a link to nothing'), { code: 'DANGLING_LINK' });
  return { kind: 'file', path };
}

async function orNone(looked: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await looked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `/dev/stdout` may be a regular file; if another took its place, what the process still prints would be lost. */
function isReplaceable(there: Stats): boolean {
  return there.isFile() && ![1, 2].some((fd) => isOpenAs(fd, there));
}

function isOpenAs(fd: number, { dev, ino }: Stats): boolean {
  try {
    const own = fstatSync(fd);
    return own.dev === dev && own.ino === ino;
  } catch {
    return false; // It is closed.
  }
}

/**
 * @param path of a destination
 * @param mode permission bits of the file
 */
export async function writeDraft(path: string, text: string, mode = 0o666): Promise<Draft> {
  const [draft, before] = [`${path}.${process.pid}.tmp`, `${path}.${process.pid}.old.tmp`];
  const discard = async (): Promise<void> => {
    for (const each of [draft, before]) await rm(each, { force: true });
  };
  // What a process that was ended left behind must not lend its permissions.
  await discard();
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await discard();
    throw error;
  }
  let replaced = false;
  return {
    place: async (as) => {
      if (as === 'new') return await link(draft, path);
      replaced = await keep(path, before);
      await rename(draft, path);
    },
    undo: () => (replaced ? rename(before, path) : rm(path, { force: true })),
    discard,
  };
}

/** Keeps what is at a path under another name too. @returns false when there is no file */
async function keep(path: string, as: string): Promise<boolean> {
  try {
    // Some file systems have no hard links.
    await link(path, as).catch(() => copyFile(path, as, constants.COPYFILE_EXCL));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
