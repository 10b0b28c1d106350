import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf } from '../src/cli/commit.ts';
import { bundle } from './build/bundle.ts';
import { licensesOf } from './build/licenses.ts';
import { copyPage } from './build/page-files.ts';

/** `npm run build`: `dist/`, which runs without any package: the program, what it was built from, and whose work is in it. */
const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
const { outputs } = await bundle({ root: ROOT, into: DIST });
const packages = copyPage(ROOT, join(DIST, 'page'));
const commit = commitOf(new URL('../', import.meta.url));
writeFileSync(join(DIST, 'commit.json'), `${JSON.stringify(commit === undefined ? {} : { commit })}\n`);
writeFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), licensesOf(ROOT, outputs, packages));
