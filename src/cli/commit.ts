import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the built program: packages and images have no `.git`. */
const BUILT = new URL('../commit.json', import.meta.url);
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The commit that this program was built from; undefined where it was not built, or nobody knew. */
export function builtCommit(): string | undefined {
  const text = readText(fileURLToPath(BUILT));
  return text === undefined ? undefined : known((JSON.parse(text) as { commit?: string }).commit);
}

/** The commit that is checked out in a folder, read from its files; undefined when it is not a checkout. */
export function commitOf(folder: URL): string | undefined {
  const root = fileURLToPath(folder);
  const git = gitFolder(resolve(root, '.git'));
  const head = readText(resolve(git, 'HEAD'))?.trim();
  const [, ref] = /^ref: (refs\/\S{1,1000})$/.exec(head ?? '') ?? [];
  if (ref === undefined) return known(head);
  // A worktree has a HEAD of its own, and its branches where the others are.
  const common = resolve(git, readText(resolve(git, 'commondir'))?.trim() ?? '.');
  return known(readText(resolve(common, ref))?.trim()) ?? packed(resolve(common, 'packed-refs'), ref);
}

/** Of a worktree or submodule, `.git` is a file that says where the folder is. */
function gitFolder(path: string): string {
  const [, elsewhere] = /^gitdir: (.+)$/m.exec(readText(path) ?? '') ?? [];
  return elsewhere === undefined ? path : resolve(path, '..', elsewhere);
}

function packed(file: string, ref: string): string | undefined {
  const line = readText(file)
    ?.split('\n')
    .find((text) => text.endsWith(` ${ref}`));
  return known(line?.split(' ')[0]);
}

function known(text: string | undefined): string | undefined {
  return text !== undefined && COMMIT.test(text) ? text : undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
