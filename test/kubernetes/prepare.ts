import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from '../matrix/install.ts';
import { run } from '../matrix/program.ts';
import { MODULE as MINIO } from '../matrix/stores/minio.ts';

const HERE = import.meta.dirname;
const PACKAGES = ['etcd:etcd-server', 'runc:runc', 'aws:awscli', 'ip:iproute2', 'openssl:openssl'];

export interface Prepared {
  /** Where tools.sh puts its programs. */
  readonly bin: string;
  readonly minio: string;
}

/** Installs and builds what is missing. Needs root, for the containers and networks that follow. */
export async function prepare(more: readonly string[] = []): Promise<Prepared> {
  if (process.getuid?.() !== 0)
    throw new Error('this test makes network namespaces and containers: run it as root');
  await succeed('bash', [join(HERE, '../real/install.sh'), ...PACKAGES, ...more]);
  await succeed('bash', [join(HERE, 'tools.sh')]);
  await succeed('npm', ['run', 'build', '--silent']);
  const { program } = await install(MINIO, join(process.env.XDG_CACHE_HOME ?? tmpdir(), 'ssec-proxy-matrix'));
  const { PATH = '', HOME = '' } = process.env;
  const said = await run('bash', [join(HERE, 'tools.sh'), '--where'], { env: { PATH, HOME } });
  return { bin: said.toString('utf8').trim(), minio: program };
}

/**
 * Runs a program of this folder where every address and port is free. What it starts and mounts ends with it, however that
 * ends. Gives its status.
 */
export async function inside(file: string, args: readonly string[]): Promise<number> {
  const apart = ['--net', '--mount', '--pid', '--mount-proc', '--fork', '--kill-child'];
  return await follow('unshare', [...apart, process.execPath, join(HERE, file), ...args]);
}

async function succeed(program: string, args: readonly string[]): Promise<void> {
  const code = await follow(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}`);
}

async function follow(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
