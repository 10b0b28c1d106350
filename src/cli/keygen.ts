import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { readFailure } from '../config/files.ts';
import { fingerprintOf, SSEC_KEY_BYTES } from '../keys/key.ts';
import type { Io } from './io.ts';

const USAGE = `usage: ssec-proxy keygen FILE [--id NAME]

Writes a new SSE-C key (${SSEC_KEY_BYTES} random bytes, raw) to FILE, which only its owner can read, and prints the config
for it. FILE must not exist. Without --id the key is named after the file. Keep a copy of the file: without
it nobody, the store included, can read what was written with the key.
`;

/**
 * `ssec-proxy keygen FILE [--id NAME]`; resolves to the exit code. The key itself is never printed.
 * @param random gives that many random bytes.
 */
export async function keygen(
  args: readonly string[],
  io: Io,
  random: (size: number) => Uint8Array = randomBytes,
): Promise<number> {
  const parsed = parse(args);
  if (parsed === 'help') {
    io.stdout.write(USAGE);
    return 0;
  }
  if (parsed === 'usage') {
    io.stderr.write(USAGE);
    return 2;
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(parsed.id)) {
    io.stderr.write('a key id is 1 to 64 letters, digits, ".", "_" or "-"; give one with --id NAME\n');
    return 2;
  }
  const bytes = random(SSEC_KEY_BYTES);
  const file = resolve(parsed.file);
  const failure = await writeNew(file, bytes);
  if (failure !== undefined) {
    io.stderr.write(`${file} was not written: ${failure}\n`);
    return 1;
  }
  const config = { keys: { [parsed.id]: { file, fingerprint: fingerprintOf(bytes) } } };
  io.stdout.write(stringify(config, { lineWidth: 0 }));
  return 0;
}

/** Undefined when the bytes are on the disk, otherwise the reason why they are not. */
async function writeNew(file: string, bytes: Uint8Array): Promise<string | undefined> {
  let created = false;
  try {
    // `x` fails when the file exists: an overwritten key is the loss of all that it encrypted.
    const handle = await open(file, 'wx', 0o600);
    created = true;
    try {
      await handle.writeFile(bytes);
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
    return readFailure(error);
  }
}

function parse(args: readonly string[]): { readonly file: string; readonly id: string } | 'help' | 'usage' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { id: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    const [file, ...rest] = positionals;
    if (values.help === true) return 'help';
    if (file === undefined || rest.length > 0) return 'usage';
    return { file, id: values.id ?? basename(file) };
  } catch {
    return 'usage';
  }
}
