import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { keepLateErrors } from './late-errors.ts';
import { giveOwnTest } from './own-test.ts';
import { refuseExit } from './refuse-exit.ts';
import { watchForBlocking } from './watchdog.ts';
import { witnessEnd } from './witness.ts';

/**
 * Folders whose test files share a process: to start one takes longer than most of them do. .taprc excludes the same
 * folders, and complete.test.ts holds the two together. Each file runs by itself too: `npx tap test/s3/query.test.ts`.
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
    'status',
  ],
  served: ['admin', 'matrix', 'proxy', 'sandbox', 'snapshot'],
} as const;

export type Group = keyof typeof GROUPS;

const ROOT = join(import.meta.dirname, '../..');
/** What .taprc or --timeout gives each process; here each file has it. */
const BOUND_MS = Number(process.env.TAP_TIMEOUT ?? 900) * 1000;
/** What a file may leave open keeps the process from exiting. */
const TO_EXIT_MS = 60_000;

export function filesOf(name: Group): string[] {
  return GROUPS[name].flatMap((folder) =>
    globSync(`test/${folder}/**/*.test.ts`, { cwd: ROOT }).toSorted((a, b) => (a < b ? -1 : 1)),
  );
}

/**
 * Runs files one after the other, each as a test of its own that has its name, its bound and its teardown. What one
 * does (fails, throws when it is imported, hangs) is its own failure, and the others run.
 */
export async function runFiles(files: readonly string[], bound = BOUND_MS): Promise<void> {
  keepLateErrors();
  const watchdog = watchForBlocking(files, bound + 2000);
  const witness = witnessEnd();
  // Without work Node would end the process in the middle of a test that waits for nothing.
  const stay = setInterval(() => {}, 60_000);
  for (const [place, file] of files.entries()) {
    const path = join(ROOT, file);
    // Starts the runner's clock for this process anew. The file's own bound and the watchdog come first.
    t.setTimeout(bound + 5000);
    watchdog.watch(place);
    witness.note(file);
    const allowExit = refuseExit(file);
    const results = await t.test(relative(ROOT, path), { timeout: bound }, async (t) => {
      giveOwnTest(path, t);
      // At its bound tap fails the test that hangs. The others of its file would hang on unbounded.
      const last = setTimeout(() => t.endAll(), bound + 250);
      t.teardown(() => clearTimeout(last));
      await import(pathToFileURL(path).href);
    });
    allowExit();
    if (results?.count === 0) t.fail(`${file} has no test`, { at: null });
  }
  watchdog.end();
  witness.end();
  clearInterval(stay);
  t.setTimeout(Math.min(bound, TO_EXIT_MS));
}
