import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export interface FileContent {
  /** At most `MAX_FILE_BYTES`; the rest of a longer file is cut off. */
  readonly bytes: Uint8Array;
  /** Permission bits, as in `stat`. */
  readonly mode: number;
  readonly truncated: boolean;
}

/** Reads a whole file. @throws Error with a `code` such as ENOENT. */
export type ReadFile = (path: string) => Promise<FileContent>;

/** Every config, key, secret and certificate is far smaller; the limit keeps a wrong path from filling the memory. */
const MAX_FILE_BYTES = 1024 * 1024;

export const readFromDisk: ReadFile = async (path) => {
  // Without O_NONBLOCK, opening a named pipe would block until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'ENOTFILE' });
    let buffer = Buffer.alloc(Math.min(status.size, MAX_FILE_BYTES) + 1);
    let length = 0;
    while (length <= MAX_FILE_BYTES) {
      // It is longer than it said: it is being written, or of a kernel that makes it when it is read.
      if (length === buffer.length) buffer = longer(buffer);
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const end = Math.min(length, MAX_FILE_BYTES);
    return { bytes: buffer.subarray(0, end), mode: status.mode & 0o777, truncated: length > end };
  } finally {
    await file.close();
  }
};

function longer(buffer: Buffer): Buffer<ArrayBuffer> {
  const next = Buffer.alloc(Math.min(Math.max(4096, 2 * buffer.length), MAX_FILE_BYTES + 1));
  buffer.copy(next);
  return next;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  DANGLING_LINK: 'it is a symbolic link to a file that is not there',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links form a loop',
  ENODATA: 'standard input has nothing in it; write ssec-proxy … - < config.yaml',
  ENOENT: 'no such file',
  ENOTDIR: 'a part of its path is not a directory',
  ENOTFILE: 'it is not a regular file',
};

/** Why a file could not be read, in words. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code === '' ? 'it could not be read' : code);
}

const WRITE_REASONS: Readonly<Record<string, string>> = {
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it is larger than files may be',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
};

/** Why something could not be written, in words. */
export function writeFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '') return error instanceof Error ? error.message : 'it could not be written';
  return WRITE_REASONS[code] ?? REASONS[code] ?? code;
}

/** Is the cause the path or its permissions, and not the disk? */
export function waitingWontHelp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && Object.hasOwn(REASONS, String(error.code));
}
