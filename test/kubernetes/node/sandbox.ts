import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from '../cluster/network.ts';

/** The network of one pod: a process that does nothing and owns it. */
export class Sandbox {
  readonly #child: ChildProcess;
  readonly pid: number;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
  }

  static async open(address: string): Promise<Sandbox> {
    const child = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec sleep infinity'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (!child.stdout || child.pid === undefined) throw new Error('no unshare');
    await once(child.stdout, 'data');
    await connect(child.pid, address);
    return new Sandbox(child, child.pid);
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
