import { open, rm } from 'node:fs/promises';
import { writeFailure } from '../files.ts';

/**
 * Writes a secret to a new file that only its owner can read, and to the disk. What is there already stays.
 * @returns undefined when it is done, otherwise the reason why it is not
 */
export async function writeSecretFile(
  file: string,
  content: Uint8Array | string,
): Promise<string | undefined> {
  let created = false;
  try {
    // `x` fails when the file exists: an overwritten key is the loss of all that it encrypted.
    const handle = await open(file, 'wx', 0o600);
    created = true;
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    if (created) await rm(file, { force: true });
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return 'it exists already, and a key is never overwritten';
    }
    return writeFailure(error);
  }
}
