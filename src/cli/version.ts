import { readFileSync } from 'node:fs';
import type { Build } from '../admin/process-metrics.ts';
import { builtCommit, commitOf } from './commit.ts';

const ROOT = new URL('../../', import.meta.url);

/** `ssec-proxy 0.1.0 (commit 0123456789ab, Node.js v26.0.0)`; the commit where it is known. */
export function versionText(): string {
  const { version, commit } = runningBuild();
  const parts = [...(commit === undefined ? [] : [`commit ${commit}`]), `Node.js ${process.version}`];
  return `ssec-proxy ${version} (${parts.join(', ')})`;
}

/** What is running: its version, and the first 12 digits of its commit where that is known. */
export function runningBuild(): Build {
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  return { version, commit: (builtCommit() ?? commitOf(ROOT))?.slice(0, 12) };
}
