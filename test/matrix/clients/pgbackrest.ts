import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import {
  archiveLog,
  asPostgres,
  insert,
  makePostgres,
  POSTGRES,
  type Postgres,
  recover,
  sameRows,
  whileServing,
} from './postgres.ts';

export const pgbackrest: readonly Client[] = [
  {
    id: 'pgbackrest',
    title: 'pgBackRest',
    quick: false,
    // It speaks to S3 over TLS only.
    schemes: ['https'],
    from: { kind: 'debian', name: 'pgbackrest', command: 'pgbackrest' },
    needs: [POSTGRES],
    deeds,
  },
];

const STANZA = 'main';
/** Another one of the same cluster, to be deleted. */
const SPARE = 'spare';
/** Small files in one object; else each is one. */
const BUNDLED = '--repo1-bundle';

/** Backups of a PostgreSQL and its log in place of objects. */
function deeds(target: Target): Deeds {
  const env = { HOME: target.folder };
  const clusterAt = (name: string): Postgres => ({
    data: join(target.folder, name, 'data'),
    sockets: join(target.folder, name),
    env,
  });
  const [first, restored] = [clusterAt('first'), clusterAt('restored')];
  const config = join(target.folder, 'pgbackrest.conf');
  const by =
    (stanza: string) =>
    async (...args: readonly string[]): Promise<string> => {
      const options = [`--config=${config}`, `--stanza=${stanza}`];
      return (await asPostgres({ env }, target.program, [...options, ...args])).toString('utf8');
    };
  const [pgbackrest, spare] = [by(STANZA), by(SPARE)];
  const backups = async (): Promise<readonly string[]> => {
    const [stanza] = JSON.parse(await pgbackrest('info', '--output=json')) as {
      backup: { label: string; error: boolean }[];
    }[];
    return stanza?.backup.filter(({ error }) => !error).map(({ label }) => label) ?? [];
  };
  const rowsRestored = async (rows: Readonly<Record<string, string>>, how: string): Promise<void> => {
    await pgbackrest('restore', how, `--pg1-path=${restored.data}`);
    await recover(restored);
    await whileServing(restored, () => sameRows(restored, rows));
  };
  let segment = '';
  return {
    put: async (bench) => {
      await writeFile(config, settingsOf(target, rootOf(bench), first), { mode: 0o600 });
      await makePostgres(first, {
        archive_mode: 'on',
        archive_command: `${target.program} --config=${config} --stanza=${STANZA} archive-push %p`,
      });
      await whileServing(first, async () => {
        await pgbackrest('stanza-create');
        await insert(first, 'small', bench.small);
        segment = await archiveLog(first);
        // The server writes over its own, by and by.
        await copyFile(join(first.data, 'pg_wal', segment), bench.file('archived'));
        await bench.direct.sealed(await segmentOf(bench, segment), await readFile(bench.file('archived')));
      });
    },
    'put-large': async (bench) => {
      await whileServing(first, async () => {
        await insert(first, 'large', bench.large);
        await pgbackrest('backup', '--type=full');
      });
      await everythingSealed(bench);
    },
    get: async (bench) => {
      const file = bench.file('segment');
      await pgbackrest('archive-get', segment, file);
      bench.same(await readFile(file), await readFile(bench.file('archived')));
    },
    'get-large': async (bench) => {
      await whileServing(first, async () => {
        await insert(first, 'later', bench.small);
        await archiveLog(first);
      });
      await rowsRestored({ large: bench.large, later: bench.small, small: bench.small }, '--no-delta');
    },
    list: async () => {
      const labels = await backups();
      if (labels.length !== 1) throw new Error(`it sees ${labels.length} backups of one`);
    },
    delete: async (bench) => {
      const [old = ''] = await backups();
      await whileServing(first, () => pgbackrest('backup', '--type=full', BUNDLED));
      await pgbackrest('expire');
      const labels = await backups();
      if (labels.length !== 1 || labels.includes(old)) throw new Error(`it has still ${labels.join(', ')}`);
      await nothingLeft(bench, `backup/${STANZA}/${old}/`);
      await everythingSealed(bench);
      await whileServing(first, async () => {
        await spare('stanza-create');
        await spare('backup', '--type=full', '--no-archive-check', BUNDLED);
      });
      await spare('stop');
      await spare('stanza-delete');
      await spare('start');
      for (const folder of ['archive', 'backup']) await nothingLeft(bench, `${folder}/${SPARE}/`);
      await whileServing(first, () => spare('stanza-create'));
    },
    sync: async (bench) => {
      await whileServing(first, async () => {
        await pgbackrest('backup', '--type=full', BUNDLED);
        const writes = await bench.writesOf(
          async () => void (await pgbackrest('backup', '--type=incr', BUNDLED)),
        );
        const large = writes.filter((write) => /^UploadPart .*\/pg_data\/base\//.test(write));
        if (large.length > 0) throw new Error(`the second time it wrote ${large.join(', ')}`);
        await insert(first, 'last', bench.small);
        await archiveLog(first);
      });
      const { large, small } = bench;
      await rowsRestored({ large, last: small, later: small, small }, '--delta');
      await everythingSealed(bench);
    },
    check: async () => {
      await whileServing(first, () => pgbackrest('check'));
      await pgbackrest('verify');
    },
  };
}

/** As users write them; not compressed, so that what is stored could be found. */
function settingsOf(target: Target, root: Place, { data, sockets }: Postgres): string {
  const stanza = (name: string): string =>
    `\n[${name}]\npg1-path=${data}\npg1-socket-path=${sockets}\npg1-user=postgres\n`;
  const { hostname, port } = new URL(target.endpoint);
  return `[global]
repo1-type=s3
repo1-path=/${root.objectKey}
repo1-s3-bucket=${root.bucket}
repo1-s3-endpoint=${hostname}
repo1-storage-port=${port}
repo1-storage-ca-file=${target.caFile}
repo1-s3-uri-style=path
repo1-s3-region=${target.region}
repo1-s3-key=${target.accessKeyId}
repo1-s3-key-secret=${target.secretAccessKey}
repo1-retention-full=1
expire-auto=n
compress-type=none
start-fast=y
lock-path=${target.folder}/lock
log-path=${target.folder}
log-level-file=off
log-level-stderr=error
${[STANZA, SPARE].map(stanza).join('')}`;
}

function rootOf(bench: Bench): Place {
  return bench.place('repository');
}

/** Where a segment of the log is archived: its name has the digest of its bytes behind. */
async function segmentOf(bench: Bench, segment: string): Promise<Place> {
  const { bucket, objectKey } = bench.place(`repository/archive/${STANZA}/`);
  const found = (await bench.direct.list(bucket, objectKey)).filter((name) => name.includes(`/${segment}-`));
  return { bucket, objectKey: found[0] ?? `${objectKey}${segment}` };
}

async function everythingSealed(bench: Bench): Promise<void> {
  const { bucket, objectKey } = rootOf(bench);
  const count = await bench.direct.sealedBelow(bucket, `${objectKey}/`);
  if (count < 3) throw new Error(`the repository has ${count} objects`);
}

async function nothingLeft(bench: Bench, below: string): Promise<void> {
  const { bucket, objectKey } = bench.place(`repository/${below}`);
  const left = await bench.direct.list(bucket, objectKey);
  if (left.length > 0) throw new Error(`the store has still ${left.join(', ')}`);
}
