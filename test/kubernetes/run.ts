import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install } from '../matrix/install.ts';
import { run } from '../matrix/program.ts';
import { MODULE as MINIO } from '../matrix/stores/minio.ts';

/**
 * `npm run test:kubernetes`: a cluster of real components, on this machine and on its own network, in which the chart and
 * the injector do what they are for. Needs root; builds with tools.sh what is not there.
 */
const { values } = parseArgs({
  options: { parts: { type: 'string', default: 'chart,injector,outage' } },
});
if (process.getuid?.() !== 0)
  throw new Error('test:kubernetes needs root: it makes network namespaces and containers');

const here = import.meta.dirname;
const cache = join(process.env.XDG_CACHE_HOME ?? tmpdir(), 'ssec-proxy-matrix');
const { PATH = '', HOME = '' } = process.env;
const packages = ['etcd:etcd-server', 'runc:runc', 'aws:awscli', 'ip:iproute2', 'openssl:openssl'];
await follow('bash', [join(here, '../real/install.sh'), ...packages]);
await follow('bash', [join(here, 'tools.sh')]);
await follow('npm', ['run', 'build', '--silent']);
const minio = await install(MINIO, cache);
const bin = (await run('bash', [join(here, 'tools.sh'), '--where'], { env: { PATH, HOME } }))
  .toString('utf8')
  .trim();
process.exitCode = await follow('unshare', [
  '--net',
  '--mount',
  process.execPath,
  join(here, 'inside.ts'),
  bin,
  minio.program,
  values.parts,
]);

/** Runs it with this terminal. Throws, or for the last one gives, the status it ends with. */
async function follow(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 && program !== 'unshare') throw new Error(`${program} ${args.join(' ')}: ${code}`);
  return code ?? 1;
}
