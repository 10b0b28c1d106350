import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

/** Runs `ssec-proxy` in a process of its own. Rejects when it fails. */
export async function ssecProxy(args: readonly string[]): Promise<string> {
  const { stdout } = await exec(process.execPath, [MAIN, ...args], { timeout: 120_000 });
  return stdout;
}

/** Runs a line in a shell, as a person pastes it, in this folder. The system's own commands come first. */
export async function shell(
  line: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = `/usr/sbin:/usr/bin:/sbin:/bin:${process.env.PATH ?? ''}`;
  const options = { cwd: folder, timeout: 120_000, env: { ...process.env, PATH: path, ...env } };
  const { stdout } = await exec('bash', ['-c', `set -euo pipefail\n${line}`], options);
  return stdout;
}

/** The lines that follow a comment, up to the next empty line. */
export function section(text: string, comment: RegExp): string[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => comment.test(line)) + 1;
  return lines.slice(from, lines.indexOf('', from));
}
