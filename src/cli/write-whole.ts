import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a report so that its place holds the old one or the new one, and never a half. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
