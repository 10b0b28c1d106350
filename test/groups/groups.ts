import { globSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Folders whose test files share a process: to start one takes longer than most of them do. .taprc leaves the same
 * folders out, so that no file runs twice. Each file runs by itself too: `npx tap test/s3/query.test.ts`.
 */
export const GROUPS = {
  pure: [
    'clients',
    'config',
    'etag',
    'forms',
    'keys',
    'multipart',
    'response',
    'rules',
    's3',
    'sigv2',
    'sigv4',
    'ssec',
  ],
  served: ['admin', 'matrix', 'proxy', 'sandbox', 'snapshot'],
} as const;

export async function runGroup(name: keyof typeof GROUPS): Promise<void> {
  const root = join(import.meta.dirname, '..');
  for (const folder of GROUPS[name])
    for (const file of globSync('*.test.ts', { cwd: join(root, folder) }).toSorted())
      await import(join(root, folder, file));
}
