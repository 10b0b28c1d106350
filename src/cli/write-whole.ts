import { link, open, rename, rm } from 'node:fs/promises';

/** A file that is written and on the disk, and not yet in its place. */
export interface Draft {
  /** Puts it there, in the place of what is there, or as a new file. @throws Error with the code EEXIST for a new one */
  readonly place: (as: 'new' | 'replacement') => Promise<void>;
  /** Removes what is left of it; to be called in any case. */
  readonly discard: () => Promise<void>;
}

/** Writes a file so that its place holds the old one or the new one, and never a half. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = await writeDraft(file, text);
  try {
    await draft.place('replacement');
  } finally {
    await draft.discard();
  }
}

/** @param mode permission bits of the file */
export async function writeDraft(file: string, text: string, mode = 0o666): Promise<Draft> {
  const path = `${file}.${process.pid}.tmp`;
  const discard = (): Promise<void> => rm(path, { force: true });
  // What a process that was ended left behind must not lend its permissions.
  await discard();
  try {
    const handle = await open(path, 'wx', mode);
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
  return { place: (as) => (as === 'new' ? link(path, file) : rename(path, file)), discard };
}
