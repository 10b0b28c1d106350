import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/**
 * The oldest Node that package.json allows, from npm's package for this platform, runs a part of the tests: all that
 * share a process, and of the others those that listen, serve and send through the whole proxy.
 */
const TESTS = [
  'test/groups/{pure,served}.test.ts',
  'test/cli/{run,serve,keygen}.test.ts',
  'test/e2e/{objects,presigned,continue,streams}.test.ts',
  'test/listener/*.test.ts',
  'test/upstream/*.test.ts',
];

const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
const major = /^>=(\d+)$/.exec(engines.node)?.[1];
if (major === undefined) throw new Error(`engines.node is ${engines.node}, and this reads ">=MAJOR" only`);

const node = install(major);
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
if (!version.startsWith(`v${major}.`)) throw new Error(`${node} is ${version}`);
process.stdout.write(`the tests run on Node.js ${version}\n`);
const files = TESTS.flatMap((pattern) => globSync(pattern).toSorted());
const { status } = spawnSync(node, ['node_modules/.bin/tap', ...files], {
  stdio: 'inherit',
  // First, so that what a test starts by the name of node is this one too.
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
});
process.exitCode = status ?? 1;

function install(major: string): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? tmpdir(), `ssec-proxy-node-${major}`);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const program = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', folder, ...options, `${name}@${major}`], { stdio: 'inherit' });
  return program;
}
