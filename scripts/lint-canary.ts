import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/**
 * oxlint without its type information says nothing of floating promises, and a green run would prove nothing. So a
 * file that has one is laid into the project, and the linter must name it. Not into src: other checks read that meanwhile.
 */
const file = 'test/canary.gone.ts';
const text = `export async function later(): Promise<void> {}
export function now(): void {
  later();
}
`;

try {
  writeFileSync(file, text);
  const { stdout, status } = spawnSync('oxlint', ['--type-aware', file], { encoding: 'utf8' });
  if (status === 0 || !stdout.includes('no-floating-promises')) {
    process.stderr.write(`oxlint did not find the floating promise in ${file}:\n${stdout}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(file, { force: true });
}
