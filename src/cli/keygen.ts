import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import type { Io } from '../io.ts';
import { RecipientError, sealForEscrow } from '../keys/escrow.ts';
import { fingerprintOf, SSEC_KEY_BYTES } from '../keys/key.ts';
import { writeSecretFile } from './secret-file.ts';

const USAGE = `usage: ssec-proxy keygen FILE [--id NAME] [--escrow RECIPIENT]…

Writes a new SSE-C key (${SSEC_KEY_BYTES} random bytes, raw) to FILE, which only its owner can read, and prints the config
for it. FILE must not exist. Without --id the key is named after the file. Keep a copy of the file: without
it nobody, the store included, can read what was written with the key.

       --escrow  writes the key to FILE.age too, encrypted to an age recipient (age1…); each of several can decrypt
                 it alone. Keep FILE.age apart from FILE.
`;

/**
 * `ssec-proxy keygen`; resolves to the exit code. The key itself is never printed.
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
  const sealed = await seal(bytes, parsed.escrow);
  if (sealed instanceof RecipientError) {
    io.stderr.write(`nothing was written: --escrow: ${sealed.message}\n`);
    return 2;
  }
  const failure = await writeAll(file, bytes, sealed);
  if (failure !== undefined) {
    io.stderr.write(`${failure}\n`);
    return 1;
  }
  const config = { keys: { [parsed.id]: { file, fingerprint: fingerprintOf(bytes) } } };
  io.stdout.write(stringify(config, { lineWidth: 0 }));
  return 0;
}

async function seal(
  bytes: Uint8Array,
  recipients: readonly string[],
): Promise<string | RecipientError | undefined> {
  if (recipients.length === 0) return undefined;
  try {
    return await sealForEscrow(bytes, recipients);
  } catch (error) {
    if (error instanceof RecipientError) return error;
    throw error;
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

interface Asked {
  readonly file: string;
  readonly id: string;
  readonly escrow: readonly string[];
}

function parse(args: readonly string[]): Asked | 'help' | 'usage' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        id: { type: 'string' },
        escrow: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    const [file, ...rest] = positionals;
    if (values.help === true) return 'help';
    if (file === undefined || rest.length > 0) return 'usage';
    return { file, id: values.id ?? basename(file), escrow: values.escrow };
  } catch {
    return 'usage';
  }
}
