import { execSync } from 'node:child_process';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/**
 * npm runs this after an install in a checkout, before it packs one, and in the clone that an install from git makes.
 * JavaScript for any Node: in a production install neither our Node nor TypeScript is there.
 */
if (existsSync('node_modules/tap')) {
  prepareTests();
  // An install from git packs what is there after this script.
  if (!existsSync('dist/main.js')) run('npm run --silent build');
}

/** tap links its core by an absolute path. A checkout that was moved would load none, or that of another. */
function prepareTests() {
  run('tap build');
  const link = '.tap/plugins/node_modules/@tapjs/core';
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), 'node_modules/@tapjs/core'), link, 'junction');
}

function run(command) {
  execSync(command, { stdio: 'inherit' });
}
