import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs every `check:` script of package.json and prints a line for each: what a check says is printed when it fails, and
 * only then. All are run, so that one round shows everything that is wrong.
 */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const red = checks.filter((name) => !passes(name));
if (checks.length === 0) throw new Error('package.json has no check');
if (red.length > 0) {
  process.stdout.write(`failed: ${red.join(', ')}\n`);
  process.exitCode = 1;
}

function passes(name: string): boolean {
  const begin = performance.now();
  const { status, stdout, stderr, error } = spawnSync('npm', ['run', '--silent', name], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) },
  });
  const seconds = Math.round((performance.now() - begin) / 1000);
  const passed = status === 0;
  process.stdout.write(`${passed ? 'ok' : 'FAILED'} ${name} (${seconds} s)\n`);
  if (!passed) process.stdout.write(`${stdout ?? ''}${stderr ?? ''}${error ? `${error.message}\n` : ''}`);
  return passed;
}
