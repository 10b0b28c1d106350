import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { Client, Deeds, Target } from '../client.ts';
import { resticVariables } from '../guide.ts';
import { run, runLines } from '../program.ts';

const COMMAND_LINE = { title: 'restic', deeds };
const GO = {
  kind: 'go',
  module: 'github.com/restic/restic',
  path: 'cmd/restic',
  known: 'v0.18.1',
  command: 'restic',
} as const;

export const restic: readonly Client[] = [
  { id: 'restic', ...COMMAND_LINE, quick: false, from: GO },
  {
    id: 'restic-debian',
    ...COMMAND_LINE,
    quick: true,
    from: { kind: 'debian', name: 'restic', command: 'restic' },
  },
];

/**
 * A repository in place of objects. It encrypts its contents itself; what could be found on a disk is the host name
 * in its key files, which are plain JSON.
 */
async function deeds(target: Target): Promise<Deeds> {
  const passwordFile = join(target.folder, 'password');
  await writeFile(passwordFile, 'only-for-the-matrix\n', { mode: 0o600 });
  const guide = resticVariables(target, passwordFile);
  const env = { ...guide, HOME: target.folder, RESTIC_CACHE_DIR: join(target.folder, 'cache') };
  const at = (bench: Bench): string[] => {
    const { bucket, objectKey } = bench.place('repository');
    // s3:ENDPOINT/BUCKET/PREFIX
    const repository = guide['RESTIC_REPOSITORY']?.replace(/[^/]+\/[^/]+$/, `${bucket}/${objectKey}`) ?? '';
    return ['--cacert', target.caFile, '-r', repository];
  };
  const restic = (bench: Bench, args: readonly string[], cwd = target.folder): Promise<Buffer> =>
    run(target.program, [...at(bench), ...args], { env, cwd });
  return {
    put: async (bench) => {
      await restic(bench, ['init']);
      const passwords = join(target.folder, 'another-password');
      await writeFile(passwords, 'another-test-password\n');
      await restic(bench, ['key', 'add', '--host', bench.newMarker(), '--new-password-file', passwords]);
      await everythingSealed(bench);
    },
    'put-large': async (bench) => {
      await restic(bench, ['backup', bench.large]);
      await everythingSealed(bench);
    },
    'get-large': async (bench) => {
      const folder = bench.file('restored');
      await restic(bench, ['restore', 'latest', '--path', bench.large, '--target', folder]);
      bench.same(await readFile(join(folder, bench.large)), await readFile(bench.large));
    },
    list: async (bench) => {
      const lines = await runLines(target.program, [...at(bench), 'snapshots', '--json'], { env });
      const snapshots = JSON.parse(lines.join('')) as unknown[];
      if (snapshots.length !== 1) throw new Error(`it sees ${snapshots.length} snapshots of one`);
    },
    sync: (bench) => backUpTwice(bench, (args, cwd) => restic(bench, args, cwd)),
    check: async (bench) => void (await restic(bench, ['check', '--read-data'])),
    delete: async (bench) => {
      await restic(bench, ['backup', bench.small]);
      await restic(bench, ['forget', '--prune', '--group-by', '', '--keep-last', '1']);
      await restic(bench, ['check', '--read-data']);
      await everythingSealed(bench);
    },
  };
}

type Restic = (args: readonly string[], cwd?: string) => Promise<Buffer>;

/** The second backup of the same files has nothing to store but its own snapshot (and lock). */
async function backUpTwice(bench: Bench, restic: Restic): Promise<void> {
  // In the folder: of a whole path restic stores every folder above, too, and those change.
  const backUp = async (): Promise<void> => void (await restic(['backup', '.'], bench.tree));
  await backUp();
  const writes = await bench.writesOf(backUp);
  const data = writes.filter((write) => /\/(data|index)\//.test(write));
  if (data.length > 0) throw new Error(`the second time it wrote ${data.join(', ')}`);
  const folder = bench.file('restored-tree');
  await restic(['restore', 'latest', '--path', bench.tree, '--target', folder]);
  await bench.sameTrees(folder);
}

async function everythingSealed(bench: Bench): Promise<void> {
  const { bucket, objectKey } = bench.place('repository/');
  const count = await bench.direct.sealedBelow(bucket, objectKey);
  if (count < 3) throw new Error(`the repository has ${count} objects`);
}
