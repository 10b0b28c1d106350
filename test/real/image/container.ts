import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { eventually } from '../../e2e/wire.ts';
import { run } from './build.ts';

export interface Container {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Another program in it, to its end. */
  readonly exec: (...args: string[]) => Promise<string>;
  /** The id of its first process, for those outside. */
  readonly pid: () => Promise<string>;
  readonly kill: (signal: string) => Promise<void>;
  readonly exited: Promise<number | null>;
}

interface Bundle {
  process: { terminal: boolean; capabilities?: object };
  root: { readonly?: boolean };
  mounts: { destination: string; type: string; source: string; options: string[] }[];
  linux: { namespaces: { type: string }[]; resources?: object; cgroupsPath?: string };
}

/**
 * Starts an unpacked image as the examples say: its user, a read-only root, no capabilities, no new privileges, and a limit
 * of memory. It shares the network of the host, so that store and clients are reached on loopback.
 * @param mounts folders of this machine by where they are seen
 */
export async function startContainer(
  t: Test,
  folder: string,
  { mounts, memory }: { mounts: Readonly<Record<string, string>>; memory: number },
): Promise<Container> {
  const name = `ssec-proxy-test-${process.pid}`;
  const file = join(folder, 'config.json');
  const bundle = JSON.parse(await readFile(file, 'utf8')) as Bundle;
  bundle.process.terminal = false;
  bundle.process.capabilities = {};
  bundle.root.readonly = true;
  bundle.linux.namespaces = bundle.linux.namespaces.filter(({ type }) => type !== 'network');
  bundle.linux.resources = { ...bundle.linux.resources, memory: { limit: memory } };
  bundle.linux.cgroupsPath = `/${name}`;
  for (const [destination, source] of Object.entries(mounts))
    bundle.mounts.push({ destination, type: 'bind', source, options: ['rbind', 'ro'] });
  await writeFile(file, JSON.stringify(bundle));

  const runc = ['--root', join(folder, 'state')];
  const child = spawn('runc', [...runc, 'run', '--bundle', folder, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  let ended = false;
  const exited = once(child, 'close').then(([code]) => {
    ended = true;
    return code as number | null;
  });
  t.teardown(async () => {
    if (!ended) await run('runc', [...runc, 'delete', '--force', name]);
    await exited;
  });
  await eventually(() => output.includes('"msg":"serving"') || ended, 60);
  if (ended) throw new Error(`the container ended: ${output}`);
  return {
    child,
    output: () => output,
    exec: (...args) => run('runc', [...runc, 'exec', name, ...args]),
    pid: async () => {
      const state = JSON.parse(await run('runc', [...runc, 'state', name])) as { pid: number };
      return String(state.pid);
    },
    kill: async (signal) => {
      await run('runc', [...runc, 'kill', name, signal]);
    },
    exited,
  };
}
