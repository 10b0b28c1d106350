import { readFileSync } from 'node:fs';
import { builtCommit, commitOf } from './commit.ts';

const ROOT = new URL('../../', import.meta.url);

/** `ssec-proxy 0.1.0 (commit 0123456789ab, Node.js v26.0.0)`; the commit where it is known. */
export function versionText(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  const commit = builtCommit() ?? commitOf(ROOT);
  const parts = [
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
    `Node.js ${process.version}`,
  ];
  return `ssec-proxy ${version} (${parts.join(', ')})`;
}
