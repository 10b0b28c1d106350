import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePage } from './docs/pages.ts';
import { runPage } from './docs/run-page.ts';

/** Runs the shell blocks of the pages that are named, as somebody who reads them would; see docs/internals/testing.md. */
const MINUTES_A_PAGE = 15;
const checkout = join(import.meta.dirname, '..');
const npmrc = ['registry', 'cafile'].map(npmSetting).join('');

for (const path of process.argv.slice(2)) {
  const page = parsePage(path, readFileSync(join(checkout, path), 'utf8'));
  const outcome = await runPage(page, {
    checkout,
    npmrc,
    timeout: MINUTES_A_PAGE * 60_000,
    output: 'inherit',
  });
  if (outcome.kind === 'passed') {
    process.stdout.write(`\n${path}: ${outcome.blocks} blocks ran\n`);
  } else {
    process.stdout.write(`\n${path}:${outcome.line}: the block ${outcome.why}\n`);
    process.exitCode = 1;
    break;
  }
}

/** A line of `.npmrc` as npm is set here; empty where it is not. */
function npmSetting(name: string): string {
  const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  return value === '' || value === 'null' || value === 'undefined' ? '' : `${name}=${value}\n`;
}
