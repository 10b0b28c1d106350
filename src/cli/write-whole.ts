import { link, open, rename, rm } from 'node:fs/promises';

interface Writing {
  /** Permission bits of the file. */
  readonly mode?: number;
  /** Does it take the place of a file that is there? Otherwise that is an error with the code EEXIST. */
  readonly replace?: boolean;
}

/** Writes a file so that its place holds the old one or the new one, and never a half. */
export async function writeWhole(
  file: string,
  text: string,
  { mode = 0o666, replace = true }: Writing = {},
): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  // What a process that was ended left behind must not lend its permissions.
  await rm(draft, { force: true });
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (replace) await rename(draft, file);
    else await link(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
