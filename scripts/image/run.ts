import { spawnSync } from 'node:child_process';

/**
 * Runs a program to its end, and returns what it printed. What it complains of is shown.
 * @throws Error with its name, when it is not there or fails
 */
export function run(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (error && 'code' in error && error.code === 'ENOENT')
    throw new Error(
      `${command} is missing; npm run image needs Debian, or a container of it: docs/operate/image.md`,
    );
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `exit code ${status}`}`);
  return stdout;
}
