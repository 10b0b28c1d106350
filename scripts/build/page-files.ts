import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE_FILES } from '../../src/admin/page.ts';

/**
 * The files of the page of the admin address, beside the program, as they are.
 * @returns the packages that some of them are from, by their folders in `root`
 */
export function copyPage(root: string, into: string): readonly string[] {
  mkdirSync(into, { recursive: true });
  for (const { name, package: from } of PAGE_FILES)
    copyFileSync(join(root, from === undefined ? `page/${name}` : `node_modules/${from}`), join(into, name));
  const packages = PAGE_FILES.flatMap(({ package: from }) => from?.split('/')[0] ?? []);
  return [...new Set(packages)].map((name) => `node_modules/${name}`);
}
