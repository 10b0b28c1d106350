import type { Io } from '../../src/io.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and keeps what it writes. */
export async function ran(
  command: (args: readonly string[], io: Io) => Promise<number>,
  args: readonly string[],
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await command(args, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { code, stdout: out.join(''), stderr: err.join('') };
}
