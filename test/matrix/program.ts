import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';

/** How a program is started. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  /** A file that it reads as its standard input. */
  readonly input?: string;
  readonly cwd?: string;
  /** Milliseconds until it is ended; default two minutes. */
  readonly timeout?: number;
}

/** A program that did not end with status 0; the message is what it said last, of `output`. */
export class ProgramFailure extends Error {
  readonly output: string;

  constructor(output: string, ended: string) {
    super(lastLine(output) || `ended by ${ended}`);
    this.output = output;
  }
}

/** Runs a program without the user's own environment and gives its standard output. Throws a ProgramFailure. */
export function run(program: string, args: readonly string[], start: Start = {}): Promise<Buffer> {
  const { env = {}, input, cwd, timeout = 120_000 } = start;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      timeout,
      killSignal: 'SIGKILL',
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // No AWS profile, proxy or CA of the user's may take part.
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    if (input !== undefined && child.stdin) {
      // A program that fails early reads no further.
      child.stdin.on('error', () => undefined);
      createReadStream(input).pipe(child.stdin);
    }
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(out);
      if (code === 0) resolve(stdout);
      else {
        const said = err.length > 0 ? Buffer.concat(err) : stdout;
        reject(new ProgramFailure(said.toString('utf8').trim(), String(signal ?? code)));
      }
    });
  });
}

/** As `run`, in lines without their ends. */
export async function runLines(
  program: string,
  args: readonly string[],
  start: Start = {},
): Promise<string[]> {
  const text = (await run(program, args, start)).toString('utf8');
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** For installers, which may take programs from wherever the user has them. */
export function systemPath(): { PATH: string } {
  return { PATH: process.env['PATH'] ?? '' };
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).slice(-1200);
}
