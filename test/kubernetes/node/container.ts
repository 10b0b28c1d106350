import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../matrix/program.ts';
import type { Container, Pod } from '../cluster/objects.ts';
import { expand } from './environment.ts';
import type { Image } from './images.ts';

/** Everything outside the pod's own text that one container needs. */
export interface Surroundings {
  readonly image: Image;
  readonly env: Readonly<Record<string, string>>;
  /** The folder of a volume. */
  readonly volume: (name: string) => string;
  /** Whose network it shares. */
  readonly sandbox: number;
  readonly hosts: string;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly log: string;
}

/** One run of a container. */
export interface Contained {
  readonly exited: Promise<number>;
  signal(name: 'TERM' | 'KILL'): Promise<void>;
  /** Runs another program in it; rejects when that fails. */
  exec(command: readonly string[], seconds: number): Promise<void>;
}

/** Starts it by runc, as a container runtime does: its own root, processes and mounts, and the pod's network. */
export async function startContainer(
  id: string,
  pod: Pod,
  container: Container,
  around: Surroundings,
): Promise<Contained> {
  const { folder, log } = around;
  const state = join(folder, '../runc');
  await mkdir(join(folder, 'root'), { recursive: true });
  for (const layer of ['upper', 'work']) await mkdir(join(folder, layer));
  const layers = `lowerdir=${around.image.root},upperdir=${folder}/upper,workdir=${folder}/work`;
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, join(folder, 'root')]);
  await writeFile(join(folder, 'config.json'), JSON.stringify(await configOf(pod, container, around)));
  const file = await open(log, 'a');
  const child = spawn('runc', ['--root', state, 'run', '--bundle', folder, id], {
    stdio: ['ignore', file.fd, file.fd],
  });
  await file.close();
  return {
    exited: ended(child).then(async (code) => {
      await run('umount', ['-l', join(folder, 'root')]).catch(() => undefined);
      return code;
    }),
    // One that has not started yet, or has ended, has nobody to hear it.
    signal: async (name) =>
      void (await run('runc', ['--root', state, 'kill', id, name]).catch(() => undefined)),
    exec: async (command, seconds) =>
      void (await run('runc', ['--root', state, 'exec', id, ...command], { timeout: seconds * 1000 })),
  };
}

async function ended(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 137;
}

async function configOf(pod: Pod, container: Container, around: Surroundings): Promise<object> {
  const { image, env, sandbox } = around;
  const security = { ...pod.spec.securityContext, ...container.securityContext };
  const user = userOf(security, image);
  const command = container.command ?? image.entrypoint;
  const args = container.args ?? (container.command ? [] : image.command);
  const memory = container.resources?.limits?.memory;
  return {
    ociVersion: '1.0.2',
    hostname: pod.metadata.name,
    root: { path: 'root', readonly: security.readOnlyRootFilesystem ?? false },
    process: {
      user,
      args: [...command, ...args].map((text) => expand(text, env)),
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: container.workingDir ?? image.workingDir,
      capabilities: capabilitiesOf(security.capabilities?.drop ?? []),
      noNewPrivileges: security.allowPrivilegeEscalation === false,
    },
    mounts: [...SYSTEM_MOUNTS, ...(await bindsOf(container, around))],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
        { type: 'network', path: `/proc/${sandbox}/ns/net` },
      ],
      resources: memory === undefined ? {} : { memory: { limit: bytesOf(memory) } },
      maskedPaths: ['/proc/kcore', '/proc/keys'],
    },
  };
}

function userOf(
  { runAsUser, runAsGroup, runAsNonRoot, fsGroup }: NonNullable<Pod['spec']['securityContext']>,
  image: Image,
): { uid: number; gid: number; additionalGids: number[] } {
  const [uid = 0, gid = 0] = image.user.split(':').map(Number);
  const chosen = { uid: runAsUser ?? uid, gid: runAsGroup ?? gid };
  if (runAsNonRoot && chosen.uid === 0) throw new Error('runAsNonRoot, and the image runs as root');
  return { ...chosen, additionalGids: fsGroup === undefined ? [] : [fsGroup] };
}

/** What containerd gives by default, or nothing. */
function capabilitiesOf(drop: readonly string[]): object {
  const all = drop.includes('ALL') ? [] : DEFAULT_CAPABILITIES;
  return { bounding: all, effective: all, permitted: all };
}

const DEFAULT_CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'KILL',
  'NET_BIND_SERVICE',
  'SETGID',
  'SETUID',
].map((name) => `CAP_${name}`);

const SYSTEM_MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'nodev', 'size=64m'] },
];

async function bindsOf(
  container: Container,
  { image, volume, hosts }: Surroundings,
): Promise<readonly object[]> {
  const bind = (destination: string, source: string, mode: 'ro' | 'rw'): object => ({
    destination,
    source,
    type: 'bind',
    options: ['rbind', mode],
  });
  const own = Object.entries(image.binds).map(([path, from]) => bind(path, from, 'ro'));
  const mounts = [];
  for (const { name, mountPath, subPath, readOnly } of container.volumeMounts ?? []) {
    // The kubelet binds what the link leads to now, and never again.
    const source = subPath === undefined ? volume(name) : await realpath(join(volume(name), subPath));
    mounts.push(bind(mountPath, source, readOnly ? 'ro' : 'rw'));
  }
  return [...own, bind('/etc/hosts', hosts, 'ro'), ...mounts];
}

/** `512Mi` and the like. */
function bytesOf(quantity: string): number {
  const [, number = '', unit = ''] = /^([\d.]+)(\w*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) throw new Error(`this kubelet knows no quantity ${quantity}`);
  return Math.round(Number(number) * factor);
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};
