import { readFileSync } from 'node:fs';
import type { Io } from '../io.ts';

type Command = (args: readonly string[], io: Io) => Promise<number>;

interface Entry {
  readonly does: string;
  /** Loaded only when asked for: serving needs nothing of the demo. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: { does: 'CONFIG: run the proxy', load: async () => (await import('./serve.ts')).serve },
  check: {
    does: 'CONFIG: say all that is wrong with a config',
    load: async () => (await import('./check.ts')).check,
  },
  explain: {
    does: 'CONFIG s3://bucket/key --op OPERATION: what would happen to a request, and why',
    load: async () => (await import('./explain.ts')).explain,
  },
  recover: {
    does: 'CONFIG s3://bucket/key: which key opens an object, and how to read it without the proxy',
    load: async () => (await import('./recover.ts')).recover,
  },
  doctor: {
    does: 'CONFIG: looks at the stores and the rules, says what is wrong and what mends it',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  keygen: { does: 'FILE: make an SSE-C key', load: async () => (await import('./keygen.ts')).keygen },
  verify: {
    does: 'CONFIG s3://bucket/prefix: is everything there encrypted, and does it open with our keys?',
    load: async () => (await import('./verify.ts')).verify,
  },
  demo: {
    does: 'proxy and a store of its own on this machine, to try it',
    load: async () => (await import('./demo/run.ts')).demo,
  },
};

/** Runs one command; resolves to the exit code: 0, 1 when it failed, 2 for a wrong command line. */
export async function run([name, ...args]: readonly string[], io: Io): Promise<number> {
  if (name === '--version') {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  const entry = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry) return await (await entry.load())(args, io);
  const asked = name === '--help' || name === 'help';
  (asked ? io.stdout : io.stderr).write(usage());
  return asked ? 0 : 2;
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(8)} ${does}`);
  return `ssec-proxy ${version()}: SSE-C for every S3 client\n\n${lines.join('\n')}\n`;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
