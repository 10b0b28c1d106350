import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bench, Place } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { barmanPlace } from '../guide.ts';
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

const COMMANDS = { title: 'barman-cloud', quick: false, needs: [POSTGRES], deeds };

export const barman: readonly Client[] = [
  {
    id: 'barman',
    ...COMMANDS,
    from: { kind: 'pypi', names: ['barman', 'boto3'], command: 'barman-cloud-backup' },
  },
  {
    id: 'barman-debian',
    ...COMMANDS,
    from: { kind: 'debian', name: 'barman-cli-cloud', command: 'barman-cloud-backup' },
  },
];

const SERVER = 'main';

/** Backups of a PostgreSQL and its log in place of objects. */
function deeds(target: Target): Deeds {
  const env = {
    HOME: target.folder,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
    AWS_DEFAULT_REGION: target.region,
    AWS_CA_BUNDLE: target.caFile,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  };
  const clusterAt = (name: string): Postgres => ({
    data: join(target.folder, name, 'data'),
    sockets: join(target.folder, name),
    env,
  });
  const [first, restored] = [clusterAt('first'), clusterAt('restored')];
  const command = (name: string): string => join(dirname(target.program), `barman-cloud-${name}`);
  const where = (bench: Bench): readonly string[] => barmanPlace(target, rootOf(bench));
  /** `options` stand before where the archive is, and `args` behind. */
  const barman = async (
    bench: Bench,
    name: string,
    options: readonly string[],
    ...args: readonly string[]
  ): Promise<string> => {
    const all = [...options, ...where(bench), SERVER, ...args];
    return (await asPostgres({ env }, command(name), all)).toString('utf8');
  };
  const backUp = async (bench: Bench): Promise<void> => {
    const options = ['--host', first.sockets, '--user', 'postgres', '--immediate-checkpoint'];
    await barman(bench, 'backup', options);
  };
  const backups = async (bench: Bench): Promise<readonly string[]> => {
    const said = JSON.parse(await barman(bench, 'backup-list', ['--format', 'json'])) as {
      backups_list: { backup_id: string; status: string }[];
    };
    return said.backups_list.filter(({ status }) => status === 'DONE').map(({ backup_id }) => backup_id);
  };
  let segment = '';
  return {
    put: async (bench) => {
      await barman(bench, 'check-wal-archive', []);
      const archive = [command('wal-archive'), ...where(bench), SERVER, '%p'].join(' ');
      await makePostgres(first, { archive_mode: 'on', archive_command: archive });
      await whileServing(first, async () => {
        await insert(first, 'small', bench.small);
        segment = await archiveLog(first);
        // The server writes over its own, by and by.
        await copyFile(join(first.data, 'pg_wal', segment), bench.file('archived'));
        await bench.direct.sealed(segmentOf(bench, segment), await readFile(bench.file('archived')));
      });
    },
    'put-large': async (bench) => {
      await whileServing(first, async () => {
        await insert(first, 'large', bench.large);
        await backUp(bench);
        await archiveLog(first);
      });
      await everythingSealed(bench);
    },
    get: async (bench) => {
      const file = bench.file('segment');
      await barman(bench, 'wal-restore', [], segment, file);
      bench.same(await readFile(file), await readFile(bench.file('archived')));
    },
    'get-large': async (bench) => {
      const [id = ''] = await backups(bench);
      await whileServing(first, async () => {
        await insert(first, 'later', bench.small);
        await archiveLog(first);
      });
      await barman(bench, 'restore', [], id, restored.data);
      const restore = [command('wal-restore'), ...where(bench), SERVER, '%f', '%p'].join(' ');
      await recover(restored, { restore_command: restore });
      const rows = { large: bench.large, later: bench.small, small: bench.small };
      await whileServing(restored, () => sameRows(restored, rows));
    },
    list: async (bench) => {
      const ids = await backups(bench);
      if (ids.length !== 1) throw new Error(`it sees ${ids.length} backups of one`);
    },
    delete: async (bench) => {
      const [old = ''] = await backups(bench);
      await whileServing(first, () => backUp(bench));
      await barman(bench, 'backup-delete', ['--backup-id', old]);
      const ids = await backups(bench);
      if (ids.length !== 1 || ids.includes(old)) throw new Error(`it has still ${ids.join(', ')}`);
      const { bucket, objectKey } = bench.place(`barman/${SERVER}/base/${old}/`);
      const left = await bench.direct.list(bucket, objectKey);
      if (left.length > 0) throw new Error(`the store has still ${left.join(', ')}`);
      await everythingSealed(bench);
    },
    check: async (bench) => {
      const refused = await barman(bench, 'check-wal-archive', []).then(
        () => false,
        () => true,
      );
      if (!refused) throw new Error('it takes an archive that is in use for an empty one');
    },
  };
}

function rootOf(bench: Bench): Place {
  return bench.place('barman');
}

/** Where a segment of the log is archived: in a folder that has the first 16 of its 24 digits as a name. */
function segmentOf(bench: Bench, segment: string): Place {
  return bench.place(`barman/${SERVER}/wals/${segment.slice(0, 16)}/${segment}`);
}

async function everythingSealed(bench: Bench): Promise<void> {
  const { bucket, objectKey } = rootOf(bench);
  const count = await bench.direct.sealedBelow(bucket, `${objectKey}/`);
  if (count < 3) throw new Error(`the archive has ${count} objects`);
}
