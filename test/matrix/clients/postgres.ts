import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Package } from '../install.ts';
import { run, runLines } from '../program.ts';

export const POSTGRES: Package = { kind: 'debian', name: 'postgresql-15', command: 'psql' };

const PROGRAMS = '/usr/lib/postgresql/15/bin';
const WAIT_MS = 60_000;
/** Nothing but its socket tells one server from another. */
const PORT = '5432';

/** A PostgreSQL cluster of one client's own. Its server runs only while it is used, and on a socket alone. */
export interface Postgres {
  readonly data: string;
  readonly sockets: string;
  /** Of the server and of the backup programs that it calls. */
  readonly env: Readonly<Record<string, string>>;
}

type Settings = Readonly<Record<string, string>>;

/** A new cluster in `data`, with an empty table of bodies. */
export async function makePostgres(postgres: Postgres, settings: Settings): Promise<void> {
  const options = ['--username=postgres', '--auth=trust', '--no-sync', '--no-instructions'];
  await asPostgres(postgres, join(PROGRAMS, 'initdb'), ['--pgdata', postgres.data, ...options]);
  await configure(postgres, settings);
  await whileServing(postgres, async () => {
    await query(postgres, 'CREATE TABLE bodies (name text PRIMARY KEY, bytes bytea)');
    // As they are, not compressed.
    await query(postgres, 'ALTER TABLE bodies ALTER bytes SET STORAGE EXTERNAL');
  });
}

/** Sets up a cluster that a backup program has put into `data`, which gets the rest from its archive, by `settings` or its own. */
export async function recover(postgres: Postgres, settings: Settings = {}): Promise<void> {
  await configure(postgres, { archive_mode: 'off', ...settings });
  await writeFile(join(postgres.data, 'recovery.signal'), '');
}

async function configure({ data, sockets }: Postgres, settings: Settings): Promise<void> {
  await mkdir(sockets, { recursive: true });
  const all = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    fsync: 'off',
    shared_buffers: '32MB',
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
  // Of two lines with one name the last counts.
  await appendFile(join(data, 'postgresql.conf'), lines.join(''));
}

/** Starts the server, and ends it when `use` has ended. Throws what the server said last when it does not start. */
export async function whileServing<T>(postgres: Postgres, use: () => Promise<T>): Promise<T> {
  const control = (...args: readonly string[]): Promise<Buffer> =>
    asPostgres(postgres, join(PROGRAMS, 'pg_ctl'), [...args, '--pgdata', postgres.data, '--silent']);
  try {
    await control('start', '--log', logOf(postgres), '--options', `-p ${PORT}`);
  } catch (cause) {
    throw new Error(await lastSaid(postgres), { cause });
  }
  try {
    return await use();
  } finally {
    await control('stop', '--mode', 'fast');
  }
}

/** The answer to a statement of SQL: a line a row, `|` between its columns. */
async function query({ sockets }: Postgres, sql: string): Promise<readonly string[]> {
  const where = ['--host', sockets, '--port', PORT, '--username', 'postgres', '--dbname', 'postgres'];
  return await runLines('psql', [...where, '--no-psqlrc', '--no-align', '--tuples-only', '-c', sql]);
}

/** A row of a file's bytes, which the server reads itself. */
export async function insert(postgres: Postgres, name: string, file: string): Promise<void> {
  await query(postgres, `INSERT INTO bodies VALUES ('${name}', pg_read_binary_file('${file}'))`);
}

/** Throws when the rows of the recovered server are not the files of these names. */
export async function sameRows(postgres: Postgres, files: Readonly<Record<string, string>>): Promise<void> {
  await until(async () => (await query(postgres, 'SELECT pg_is_in_recovery()'))[0] === 'f');
  const got = await query(postgres, "SELECT name, encode(sha256(bytes), 'hex') FROM bodies ORDER BY name");
  const wanted = Object.entries(files).map(
    async ([name, file]) =>
      `${name}|${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}`,
  );
  if (got.join('\n') !== (await Promise.all(wanted)).toSorted().join('\n'))
    throw new Error(`other rows came back than were stored: ${got.join(', ')}`);
}

/** Ends the segment of the log that is written, and waits until it is archived at the first try. Its name. */
export async function archiveLog(postgres: Postgres): Promise<string> {
  await query(postgres, "SELECT pg_stat_reset_shared('archiver')");
  const [segment = ''] = await query(postgres, 'SELECT pg_walfile_name(pg_switch_wal())');
  await until(async () => {
    const columns = `last_archived_wal >= '${segment}', failed_count`;
    const [state] = await query(postgres, `SELECT ${columns} FROM pg_stat_archiver`);
    if (state?.endsWith('|0') !== true) throw new Error(await lastSaid(postgres));
    return state.startsWith('t');
  });
  return segment;
}

/**
 * Runs a program as the user that PostgreSQL asks for, as which it refuses to be root. What root alone may enter stays
 * open to it: folders of tests are such.
 */
export function asPostgres(
  { env }: Pick<Postgres, 'env'>,
  program: string,
  args: readonly string[],
): Promise<Buffer> {
  if (process.getuid?.() !== 0) return run(program, args, { env });
  const user = ['--reuid=postgres', '--regid=postgres', '--init-groups'];
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return run('setpriv', [...user, ...rights, program, ...args], { env });
}

function logOf({ sockets }: Postgres): string {
  return join(sockets, 'log');
}

/** What a program said last that the server called, or else the server itself. */
async function lastSaid(postgres: Postgres): Promise<string> {
  const text = await readFile(logOf(postgres), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.findLast((line) => !/ (?:LOG|DETAIL|HINT|WARNING): /.test(line)) ?? lines.at(-1) ?? '';
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await ready())) {
    if (Date.now() > deadline) throw new Error('PostgreSQL does not come that far in a minute');
    await pause(100);
  }
}
