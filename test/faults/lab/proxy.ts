import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { IMAGE } from '../../bench/stand/image.ts';
import type { Way } from '../row.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

export type LogLine = Readonly<Record<string, unknown>>;

/** Its drain is a second. */
const END_WITHIN_MS = 15_000;

export interface Start {
  /** A command that runs what it is given in its place, such as one that lowers a limit first. */
  readonly through?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The program as it runs for a user: `serve CONFIG`, in a process of its own. */
export class ProxyProcess {
  readonly #child: ChildProcess;
  readonly #lines: LogLine[] = [];
  /** What it wrote to standard error: nothing, if all is well. */
  readonly #complaints: string[] = [];

  constructor(config: string, { through = [], env = {} }: Start = {}) {
    const command = [...through, process.execPath, ...IMAGE.flags, MAIN, 'serve', config];
    this.#child = spawn(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('it has no output');
    createInterface({ input: stdout }).on('line', (line) => this.#lines.push(JSON.parse(line) as LogLine));
    createInterface({ input: stderr }).on('line', (line) => this.#complaints.push(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** All lines about a bucket, or all. */
  lines(bucket?: string): readonly LogLine[] {
    return bucket === undefined ? this.#lines : this.#lines.filter((line) => line.bucket === bucket);
  }

  /** Waits until it serves. @returns the ports of its listeners, and that for the admin */
  async started(): Promise<Readonly<Record<Way | 'admin', number>>> {
    for (;;) {
      const serving = this.#lines.find(({ msg }) => msg === 'serving');
      const [plain, tls] = (serving?.listen ?? []) as readonly string[];
      if (plain !== undefined && tls !== undefined)
        return { plain: portOf(plain), tls: portOf(tls), admin: Number(serving?.admin) };
      if (!this.running)
        throw new Error(`it does not serve: ${JSON.stringify(this.#lines)} ${this.#complaints.join('\n')}`);
      await pause(20);
    }
  }

  reload(): void {
    this.#child.kill('SIGHUP');
  }

  /** For a probe that was loaded into it. */
  probe(): void {
    this.#child.kill('SIGUSR2');
  }

  /** SIGTERM. @returns what is wrong with its end; it is killed if it does not come */
  async stop(): Promise<readonly string[]> {
    if (!this.running) return ['the proxy had ended'];
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(patience);
    if (this.#child.signalCode === 'SIGKILL') return [`SIGTERM did not end it in ${END_WITHIN_MS / 1000} s`];
    return this.#child.exitCode === 0 ? [] : [`it ended with ${this.#child.exitCode}`];
  }

  /** Open descriptors. */
  async descriptors(): Promise<number> {
    return (await readdir(`/proc/${this.pid}/fd`)).length;
  }

  /** Resident memory in MiB. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** The counters of the proxy: name and labels, as they are written, to the value. */
export async function countersOf(adminPort: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}
