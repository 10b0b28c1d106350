import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Io } from '../io.ts';
import { RecipientError, sealForEscrow } from '../keys/escrow.ts';
import { fingerprintOf, SSEC_KEY_BYTES } from '../keys/key.ts';
import { UsageError } from './command.ts';
import { writeSecretFile } from './secret-file.ts';

export interface KeygenAsked {
  readonly file: string;
  readonly id: string | undefined;
  readonly escrow: readonly string[];
}

/**
 * `ssec-proxy keygen`; resolves to the exit code. The key itself is never printed.
 * @param random gives that many random bytes.
 * @throws UsageError when the id or a recipient can't be used; then nothing is written
 */
export async function keygen(
  asked: KeygenAsked,
  io: Io,
  random: (size: number) => Uint8Array = randomBytes,
): Promise<number> {
  const id = asked.id ?? basename(asked.file);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    throw new UsageError('a key id is 1 to 64 letters, digits, ".", "_" or "-"; give one with --id NAME');
  }
  const bytes = random(SSEC_KEY_BYTES);
  const file = resolve(asked.file);
  const sealed = await seal(bytes, asked.escrow);
  const failure = await writeAll(file, bytes, sealed);
  if (failure !== undefined) {
    io.stderr.write(`${failure}\n`);
    return 1;
  }
  const config = { keys: { [id]: { file, fingerprint: fingerprintOf(bytes) } } };
  io.stdout.write(stringify(config, { lineWidth: 0 }));
  return 0;
}

async function seal(bytes: Uint8Array, recipients: readonly string[]): Promise<string | undefined> {
  if (recipients.length === 0) return undefined;
  try {
    return await sealForEscrow(bytes, recipients);
  } catch (error) {
    if (!(error instanceof RecipientError)) throw error;
    throw new UsageError(`nothing was written: --escrow: ${error.message}`, { cause: error });
  }
}

/** Both files or none: a key in use without the escrow that was asked for would be found out when it is needed. */
async function writeAll(
  file: string,
  bytes: Uint8Array,
  sealed: string | undefined,
): Promise<string | undefined> {
  const escrow = `${file}.age`;
  if (sealed !== undefined) {
    const failure = await writeSecretFile(escrow, sealed);
    if (failure !== undefined) return `${escrow} was not written: ${failure}`;
  }
  const failure = await writeSecretFile(file, bytes);
  if (failure === undefined) return undefined;
  if (sealed !== undefined) await rm(escrow, { force: true });
  return `${file} was not written: ${failure}`;
}
