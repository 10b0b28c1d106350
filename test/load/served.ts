import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Probe } from './probe.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const PROBE = pathToFileURL(join(import.meta.dirname, 'probe.ts')).href;

/** The program as `serve`, in a process of its own, with its heap open to measure. */
export class Served {
  /** Lines of its log about itself: those of requests are counted, and kept when their status is 400 or more. */
  readonly lines: Readonly<Record<string, unknown>>[] = [];
  requests = 0;
  readonly #child: ChildProcess;
  readonly #probes: Probe[] = [];
  #reloads = { taken: 0, refused: 0 };

  constructor(config: string) {
    this.#child = spawn(process.execPath, [MAIN, 'serve', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${PROBE}` },
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error('it has no output');
    createInterface({ input: stdout }).on('line', (line) => this.#note(line));
    createInterface({ input: stderr }).on('line', (line) => {
      if (line.startsWith('{')) this.#probes.push(JSON.parse(line) as Probe);
      else if (!/ExperimentalWarning: v8|--trace-warnings/.test(line)) this.lines.push({ stderr: line });
    });
  }

  get reloads(): { readonly taken: number; readonly refused: number } {
    return { ...this.#reloads };
  }

  /** Waits until it serves. @returns the URL of its first listener */
  async started(): Promise<string> {
    const serving = (): Readonly<Record<string, unknown>> | undefined =>
      this.lines.find(({ msg }) => msg === 'serving');
    await patiently(() => serving() !== undefined || this.#child.exitCode !== null);
    const [url] = (serving()?.listen ?? []) as readonly string[];
    if (url === undefined) throw new Error(`it does not serve: ${JSON.stringify(this.lines.at(-1))}`);
    return url;
  }

  /** SIGHUP, and waits for what comes of it. */
  async reload(): Promise<'taken' | 'refused'> {
    const { taken, refused } = this.#reloads;
    this.#child.kill('SIGHUP');
    await patiently(() => this.#reloads.taken > taken || this.#reloads.refused > refused);
    if (this.#reloads.taken + this.#reloads.refused !== taken + refused + 1)
      throw new Error('no reload came');
    return this.#reloads.taken > taken ? 'taken' : 'refused';
  }

  async probe(): Promise<Probe> {
    const before = this.#probes.length;
    this.#child.kill('SIGUSR2');
    await patiently(() => this.#probes.length > before);
    const probe = this.#probes.at(-1);
    if (this.#probes.length === before || !probe) throw new Error('no probe came');
    return probe;
  }

  /** SIGTERM. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.kill('SIGTERM')) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  #note(text: string): void {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (line.msg === 'request') this.requests += 1;
    if (line.msg === 'reloaded') this.#reloads.taken += 1;
    if (typeof line.msg === 'string' && line.msg.includes('was not loaded')) this.#reloads.refused += 1;
    if (line.msg !== 'request' || Number(line.status) >= 400) this.lines.push(line);
  }
}

/** Resolves when the condition holds, or after a minute: the machine may be busy with the load. */
async function patiently(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition() && performance.now() < deadline) await pause(2);
}
