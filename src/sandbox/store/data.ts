import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blockStart, decryptingFrom, encrypting, newIv } from './cipher.ts';
import type { DataFile } from './model.ts';

/** The bodies on disk: `data/<random id>`, written under `tmp/` first so that a failed write is never seen. */
export interface DataDirectory {
  /**
   * Streams `source` through `meter` into a temporary file; on any failure the file is deleted. `sealed` sees the
   * ciphertext, if there is any.
   */
  write(source: Readable, meter: Meter, ssecKey: Uint8Array | undefined, sealed?: Meter): Promise<Staged>;
  /** Bytes `start` to `end` (exclusive) of the files as one stream. */
  read(files: readonly DataFile[], ssecKey: Uint8Array | undefined, start: number, end: number): Readable;
  /** Writes the record of a version next to its data. */
  describe(id: string, record: unknown): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

export interface Staged {
  readonly file: DataFile;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Gets every byte of the stream and counts them. */
export interface Meter {
  readonly stream: Transform;
  readonly size: () => number;
}

export async function openDataDirectory(directory: string): Promise<DataDirectory> {
  const data = join(directory, 'data');
  const temporary = join(directory, 'tmp');
  await mkdir(data, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const readers = new Readers((ids) => removeFiles(data, ids));
  return {
    write: (source, meter, ssecKey, sealed) =>
      writeStaged(source, { meter, ssecKey, sealed }, { data, temporary }),
    read: (files, ssecKey, start, end) => {
      const ids = files.map((file) => file.id);
      readers.enter(ids);
      const stream = Readable.from(readFiles(data, files, ssecKey, start, end), { objectMode: false });
      return stream.once('close', () => readers.leave(ids));
    },
    describe: async (id, record) => {
      const draft = join(temporary, `${randomUUID()}.json`);
      await writeFile(draft, JSON.stringify(record));
      await rename(draft, join(data, `${id}.json`));
    },
    remove: (ids) => readers.removeWhenUnread(ids),
  };
}

async function writeStaged(
  source: Readable,
  { meter, ssecKey, sealed }: { meter: Meter; ssecKey: Uint8Array | undefined; sealed: Meter | undefined },
  at: { data: string; temporary: string },
): Promise<Staged> {
  const id = randomUUID();
  const path = join(at.temporary, id);
  const iv = ssecKey === undefined ? undefined : newIv();
  const output = createWriteStream(path, { flags: 'wx' });
  try {
    await (ssecKey === undefined || iv === undefined
      ? pipeline(source, meter.stream, output)
      : pipeline([
          source,
          meter.stream,
          encrypting(ssecKey, iv),
          ...(sealed ? [sealed.stream] : []),
          output,
        ]));
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  }
  return {
    file: { id, size: meter.size(), iv },
    commit: () => rename(path, join(at.data, id)),
    discard: () => rm(path, { force: true }),
  };
}

async function* readFiles(
  data: string,
  files: readonly DataFile[],
  ssecKey: Uint8Array | undefined,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let fileStart = 0;
  for (const file of files) {
    const from = Math.max(0, start - fileStart);
    const to = Math.min(file.size, end - fileStart);
    if (from < to) yield* readOne(join(data, file.id), file.iv, ssecKey, from, to);
    fileStart += file.size;
  }
}

async function* readOne(
  path: string,
  iv: string | undefined,
  ssecKey: Uint8Array | undefined,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  if (iv === undefined || ssecKey === undefined) {
    yield* createReadStream(path, { start: from, end: to - 1 });
    return;
  }
  const begin = blockStart(from);
  const ciphertext = createReadStream(path, { start: begin, end: to - 1 });
  const plaintext = decryptingFrom(ssecKey, iv, from);
  // A read error reaches the loop through the decipher; leaving the loop early destroys both.
  const piped = pipeline(ciphertext, plaintext).catch(() => undefined);
  let skip = from - begin;
  try {
    for await (const chunk of plaintext as AsyncIterable<Buffer>) {
      if (chunk.length > skip) yield chunk.subarray(skip);
      skip = Math.max(0, skip - chunk.length);
    }
  } finally {
    ciphertext.destroy();
    await piped;
  }
}

async function removeFiles(data: string, ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.flatMap((id) => [rm(join(data, id), { force: true }), rm(join(data, `${id}.json`), { force: true })]),
  );
}

/** Keeps the files of a body until its last reader has finished. */
class Readers {
  readonly #counts = new Map<string, number>();
  readonly #doomed = new Set<string>();
  readonly #remove: (ids: readonly string[]) => Promise<void>;

  constructor(remove: (ids: readonly string[]) => Promise<void>) {
    this.#remove = remove;
  }

  enter(ids: readonly string[]): void {
    for (const id of ids) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  leave(ids: readonly string[]): void {
    const free = ids.filter((id) => {
      const left = (this.#counts.get(id) ?? 1) - 1;
      if (left > 0) this.#counts.set(id, left);
      else this.#counts.delete(id);
      return left <= 0 && this.#doomed.delete(id);
    });
    void this.#remove(free).catch(() => undefined);
  }

  async removeWhenUnread(ids: readonly string[]): Promise<void> {
    for (const id of ids) if (this.#counts.has(id)) this.#doomed.add(id);
    await this.#remove(ids.filter((id) => !this.#counts.has(id)));
  }
}
