import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

/** On what it was measured, and with which programs. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function machine(peers: readonly string[]): Machine {
  const versitygw = peers.includes('versitygw')
    ? { versitygw: said(process.env.VERSITYGW ?? 'versitygw', ['--version'], /Version\s*:\s*v?(\S+)/) }
    : {};
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release().split('-')[0] ?? '',
    versions: {
      node: process.versions.node,
      openssl: process.versions.openssl,
      nginx: said('nginx', ['-v'], /nginx\/(\S+)/),
      wrk: said('wrk', ['-v'], /\b(\d+\.\d+\.\d+)|wrk (\S+)/),
      ...versitygw,
    },
  };
}

/** What a program says of its version, `unknown` if it is not what was expected. */
function said(command: string, args: readonly string[], version: RegExp): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const [, first, second] = version.exec(`${stdout}${stderr}`) ?? [];
  return first ?? second ?? 'unknown';
}
