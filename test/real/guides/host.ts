import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SECRET, startGuide } from '../../deploy/guide-stand.ts';
import { configsOf, GUIDES } from '../../deploy/guides.ts';
import { failureOf } from '../../e2e/support.ts';
import type { Target } from '../../matrix/client.ts';
import { rcloneConfig, resticVariables } from '../../matrix/guide.ts';
import { run } from '../../matrix/program.ts';
import { check, equal } from '../signed/checks.ts';

const CONTENT = 'a file of the host';

/**
 * restic and rclone by their files of docs/guides/restic-rclone.md, before the proxy by that guide's config: with the permissions that
 * it gives each of them, and no more.
 */
export async function onHost(): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  const owner = {
    teardown: (end: () => Promise<void>) => void ends.push(end),
    fail: (message: string) => console.error(message),
  };
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-host-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  try {
    const guide = GUIDES.find(({ name }) => name === 'host');
    const [, text] = (guide && configsOf(guide)[0]) ?? [];
    if (text === undefined) throw new Error('there is no such guide');
    const { url, direct } = await startGuide(owner, 'host', text);
    await direct.send(new CreateBucketCommand({ Bucket: 'backups' }));
    const files = join(folder, 'files');
    await mkdir(files);
    await writeFile(join(files, 'file'), CONTENT);
    const sealed = async (prefix: string): Promise<void> => {
      const { Contents = [] } = await direct.send(
        new ListObjectsV2Command({ Bucket: 'backups', Prefix: prefix }),
      );
      equal(Contents.length > 0, true);
      for (const { Key } of Contents)
        equal((await failureOf(direct.send(new GetObjectCommand({ Bucket: 'backups', Key })))).status, 400);
    };
    await check('restic: init, backup, check, restore', async () => {
      await withRestic(folder, files, targetOf(url, 'restic', folder));
      await sealed('restic/');
    });
    await check('rclone: sync up, check, sync down', async () => {
      await withRclone(folder, files, targetOf(url, 'rclone', folder));
      await sealed('rclone/');
    });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function targetOf(endpoint: string, accessKeyId: string, folder: string): Target {
  const { host } = new URL(endpoint);
  const where = { scheme: 'http', endpoint, authority: host, region: 'fsn1' } as const;
  return {
    ...where,
    caFile: '',
    accessKeyId,
    secretAccessKey: SECRET,
    folder,
    program: accessKeyId,
    needed: [],
  };
}

async function withRestic(folder: string, files: string, target: Target): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, 'only-for-this-test\n', { mode: 0o600 });
  const guide = resticVariables(target, passwordFile);
  const env = { ...guide, HOME: folder, RESTIC_CACHE_DIR: join(folder, 'cache') };
  const restic = (...args: readonly string[]): Promise<Buffer> => run('/usr/bin/restic', args, { env });
  await restic('init');
  await restic('backup', files);
  await restic('check', '--read-data');
  await restic('restore', 'latest', '--target', join(folder, 'restored'));
  equal(await readFile(join(folder, 'restored', files, 'file'), 'utf8'), CONTENT);
}

async function withRclone(folder: string, files: string, target: Target): Promise<void> {
  const config = join(folder, 'rclone.conf');
  await writeFile(config, rcloneConfig(target), { mode: 0o600 });
  const env = { HOME: folder, RCLONE_CONFIG: config, RCLONE_CONFIG_SAFE_SECRET_ACCESS_KEY: SECRET };
  const rclone = (...args: readonly string[]): Promise<Buffer> =>
    run('/usr/bin/rclone', ['--retries', '1', ...args], { env });
  await rclone('sync', files, 'safe:backups/rclone/files');
  await rclone('check', '--download', files, 'safe:backups/rclone/files');
  await rclone('sync', 'safe:backups/rclone/files', join(folder, 'down'));
  equal(await readFile(join(folder, 'down', 'file'), 'utf8'), CONTENT);
}
