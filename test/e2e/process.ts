import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { eventually } from './wire.ts';

/** The program in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  /** All that it printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until it has printed what fits, or has ended. */
  until(wanted: RegExp): Promise<string>;
  /** Its exit code, and the signal that ended it if there was one. */
  readonly exited: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** Runs `ssec-proxy` with these arguments; it ends with the test at the latest. */
export function runProgram(
  t: Test,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let out = '';
  let err = '';
  let ended = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const exited = once(child, 'close').then(([code, signal]) => {
    ended = true;
    return [code as number | null, signal as NodeJS.Signals | null] as const;
  });
  t.teardown(() => child.kill('SIGKILL'));
  return {
    child,
    stdout: () => out,
    stderr: () => err,
    until: async (wanted) => {
      await eventually(() => wanted.test(out) || ended);
      return out;
    },
    exited,
  };
}

/** A folder with these files that goes when the test ends. */
export async function folderOf(t: Test, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ssec-proxy-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, name), content, { mode: 0o600 });
  return folder;
}

/** Config and key file for `serve`: a listener without authentication before a store over HTTP on that port. */
export function serveFiles(storePort: number, listenPort = 0): Record<string, string | Buffer> {
  return {
    'test.key': createHash('sha256').update('test key serve').digest(),
    'config.yaml': `listen: [{ address: "127.0.0.1:${listenPort}", auth: none }]
admin: { address: "127.0.0.1:0" }
drain: 20s
upstream:
  endpoint: http://127.0.0.1:${storePort}
  insecure: true
  region: eu-test-1
  provider: aws
  addressing: path
  credentials: { accessKeyId: store, secretAccessKey: { env: STORE_SECRET } }
keys: { test: { file: test.key } }
rules: [{ match: { bucket: secret }, encrypt: [test] }]
`,
  };
}

/** The environment that `serveFiles` refers to. */
export const SERVE_ENV = { STORE_SECRET: 'store-secret-for-tests' };
